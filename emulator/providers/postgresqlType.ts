/** What each resource type of the local `postgresql` package does. */

import type { PropertyMap, ReadResult } from "../../components/provider/resourceProvider";
import type { ResourceTable } from "./propertyTable";
import type { SqlServer } from "./postgresqlSession";

export interface PostgresqlType {
    table: ResourceTable;
    /** Whether a name is made from the resource's, where none is given. */
    named?: boolean;
    create(server: SqlServer, inputs: PropertyMap): Promise<{ id: string; properties: PropertyMap }>;
    /** `state` is empty for an import. */
    read(
        server: SqlServer,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
    ): Promise<ReadResult | undefined>;
    update?(server: SqlServer, state: PropertyMap, news: PropertyMap): Promise<PropertyMap>;
    /** Absence is success. */
    delete(server: SqlServer, state: PropertyMap): Promise<void>;
}
