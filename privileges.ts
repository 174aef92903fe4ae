import type * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess, type FlexibleServer } from "./components/index";
import type { StackConfig } from "./stackConfig";
import { databaseAccessArgs } from "./stackResources";

/** The profiles of each database, with their privileges. None where nobody could be given one. */
export function makePrivileges(
    config: StackConfig,
    server: FlexibleServer,
    tenantId: pulumi.Input<string>,
): DatabaseAccess[] {
    if (config.principals.length === 0) return [];
    return config.databases.map(
        (database) =>
            new DatabaseAccess(
                `access-${database.name}`,
                databaseAccessArgs(config, database, { host: server.host, tenantId }),
                { dependsOn: [server], deletedWith: server },
            ),
    );
}
