import type * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess, type FlexibleServer } from "./components/index";
import type { StackConfig } from "./stackConfig";
import { managedDatabases } from "./stackConfigAccess";
import { databaseAccessArgs } from "./stackResources";

/** The profiles of each database whose privileges are managed, with these. None where nobody could be given one. */
export function makePrivileges(
    config: StackConfig,
    server: FlexibleServer,
    tenantId: pulumi.Input<string>,
): DatabaseAccess[] {
    if (config.principals.length === 0) return [];
    return managedDatabases(config).map(
        (database) =>
            new DatabaseAccess(
                `access-${database.name}`,
                databaseAccessArgs(config, database, { host: server.host, tenantId }),
                { dependsOn: [server], deletedWith: server },
            ),
    );
}
