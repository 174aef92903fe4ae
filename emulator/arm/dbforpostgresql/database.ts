/** `azure-native:dbforpostgresql:Database`. */

import type { PropertyRule } from "../../providers/propertyTable";
import { invalidParameter } from "../armError";
import type { ArmType } from "../armType";
import { lastName } from "../resourceId";
import { computed, resourceGroupName, SPEC, systemData } from "../rules";
import { API_VERSION, DATABASE, engineOf, parentServerName, SERVER_PATH } from "./serverChild";

const DEFAULTS = { charset: "UTF8", collation: "en_US.utf8" };

/** On every server, and told of by the service. */
const STANDING = ["azure_maintenance", "azure_sys", "postgres"];
/** On every server already. */
const RESERVED = [...STANDING, "template0", "template1"];

const databaseName: PropertyRule = {
    type: "string",
    createOnly: true,
    pattern: /^[a-zA-Z_][\w-]{0,62}$/,
    patternText: "of 1 to 63 letters, digits, '_' and '-', beginning with a letter or '_'",
    refuse: (value) =>
        RESERVED.includes((value as string).toLowerCase())
            ? "every server has a database of this name already."
            : undefined,
    source: SPEC.postgresql,
};

export const database: ArmType = {
    table: {
        token: DATABASE,
        properties: {
            charset: {
                type: "string",
                pattern: /^[a-zA-Z]+\w*$/,
                alsoComputed: true,
                source: SPEC.postgresql,
            },
            collation: {
                type: "string",
                pattern: /^[a-zA-Z-]+([. ]|\w)*$/,
                alsoComputed: true,
                source: SPEC.postgresql,
            },
            databaseName,
            resourceGroupName,
            serverName: parentServerName,
            azureApiVersion: computed("string"),
            name: computed("string"),
            systemData,
            type: computed("string"),
        },
    },
    armType: "Microsoft.DBforPostgreSQL/flexibleServers/databases",
    path: `${SERVER_PATH}/databases/{databaseName}`,
    apiVersion: API_VERSION,
    naming: "copy",
    async put({ azure, id, inputs, existing }) {
        const wanted = {
            charset: (inputs.charset ?? existing?.properties.charset ?? DEFAULTS.charset) as string,
            collation: (inputs.collation ?? existing?.properties.collation ?? DEFAULTS.collation) as string,
        };
        if (!existing) {
            await engineOf(azure, id).createDatabase(lastName(id), wanted.charset, wanted.collation);
            return wanted;
        }
        // The specification marks neither as create-only, so azure-native sends an update; a database cannot follow.
        for (const name of ["charset", "collation"] as const) {
            const before = existing.properties[name] as string;
            if (before.toLowerCase() === wanted[name].toLowerCase()) continue;
            throw invalidParameter(name, `It is '${before}' for the rest of the database's life.`);
        }
        return { ...existing.properties };
    },
    async remove({ azure, resource }) {
        await engineOf(azure, resource.id).dropDatabase(resource.name);
    },
    standing: STANDING,
    absent: (_, id) => (STANDING.includes(lastName(id)) ? { ...DEFAULTS } : undefined),
};
