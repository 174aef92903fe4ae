import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { parseUrn, type DiffResult } from "../../components/provider/resourceProvider";
import { typeOfToken } from "../../emulator/arm/resourceTypes";
import { GROUP_MEMBER_TABLE, GROUP_TABLE } from "../../emulator/providers/azureadTables";
import { comparable } from "../../emulator/providers/azureNativeInputs";
import * as postgresql from "../../emulator/providers/postgresqlTables";
import { diffInputs, type ResourceTable } from "../../emulator/providers/propertyTable";
import type { PlannedResource } from "../planDocument";

/**
 * What differs between two versions of a resource's inputs, and what of it replaces the resource: by the tables that the local
 * Azure's providers work with, made from Azure's published specification, and by the package's own `diff`.
 */
export async function diffResource(
    before: PlannedResource,
    after: PlannedResource,
): Promise<{ detailedDiff: DiffResult["detailedDiff"]; replacementKnown: boolean }> {
    const { type, urn } = after;
    if (type.startsWith("azure-postgres-entra:")) {
        const ours = new AzurePostgresEntraProvider();
        // What the last deployment made is what its inputs said.
        const { detailedDiff } = await ours.diff(
            parseUrn(urn),
            "",
            before.inputs,
            before.inputs,
            after.inputs,
        );
        return { detailedDiff, replacementKnown: true };
    }
    const table = tableOf(type);
    const { detailedDiff } = diffInputs(
        table ?? { token: type, properties: {} },
        comparable(before.inputs),
        comparable(after.inputs),
    );
    return { detailedDiff, replacementKnown: table !== undefined || type.startsWith("pulumi:") };
}

const TABLES: readonly ResourceTable[] = [
    GROUP_TABLE,
    GROUP_MEMBER_TABLE,
    postgresql.ROLE_TABLE,
    postgresql.SCHEMA_TABLE,
    postgresql.GRANT_TABLE,
    postgresql.GRANT_ROLE_TABLE,
    postgresql.DEFAULT_PRIVILEGES_TABLE,
];

function tableOf(type: string): ResourceTable | undefined {
    return typeOfToken(type)?.table ?? TABLES.find((table) => table.token === type);
}
