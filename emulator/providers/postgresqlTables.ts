/**
 * What the local `postgresql` package takes and gives: five resources of @pulumi/postgresql 3.18.1. Defaults,
 * replacements and conflicts follow the published source of terraform-provider-postgresql; what the local provider
 * does not do is refused by name.
 */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../components/provider/resourceProvider";
import type { PropertyRule, ResourceTable } from "./propertyTable";

export const ROLE = "postgresql:index/role:Role";
export const SCHEMA = "postgresql:index/schema:Schema";
export const GRANT_ROLE = "postgresql:index/grantRole:GrantRole";
export const GRANT = "postgresql:index/grant:Grant";
export const DEFAULT_PRIVILEGES = "postgresql:index/defaultPrivileges:DefaultPrivileges";

/** What can be granted on each type of object. */
export const PRIVILEGES: Record<string, readonly string[]> = {
    database: ["CREATE", "CONNECT", "TEMPORARY"],
    schema: ["CREATE", "USAGE"],
    table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
    sequence: ["USAGE", "SELECT", "UPDATE"],
    function: ["EXECUTE"],
    procedure: ["EXECUTE"],
    routine: ["EXECUTE"],
    type: ["USAGE"],
};

const SOURCE = "terraform-provider-postgresql";

const NAME: PropertyRule = {
    type: "string",
    // PostgreSQL cuts longer names off with a mere notice (F78).
    maxBytes: 63,
    pattern: /^[^\0]+$/u,
    patternText: "that is not empty",
    source: SOURCE,
};
const FIXED_NAME: PropertyRule = { ...NAME, createOnly: true };
const flag = (value: boolean): PropertyRule => ({ type: "boolean", default: value, source: SOURCE });
const notHere = (type: PropertyRule["type"], instead: string): PropertyRule => ({
    type,
    source: SOURCE,
    refuse: () => `the local postgresql provider does not have it. ${instead}`,
});

export const ROLE_TABLE: ResourceTable = {
    token: ROLE,
    properties: {
        name: NAME,
        login: flag(false),
        password: { type: "string", secret: true, source: SOURCE },
        encryptedPassword: {
            ...flag(true),
            refuse: (value) => (value ? undefined : "PostgreSQL stores no plain passwords. Leave it out."),
        },
        createDatabase: flag(false),
        createRole: flag(false),
        inherit: flag(true),
        superuser: flag(false),
        replication: flag(false),
        bypassRowLevelSecurity: flag(false),
        connectionLimit: { type: "integer", minimum: -1, default: -1, source: SOURCE },
        validUntil: { type: "string", default: "infinity", source: SOURCE },
        roles: { type: "array", items: NAME, unordered: true, source: SOURCE },
        searchPaths: {
            type: "array",
            items: {
                ...NAME,
                refuse: (value) =>
                    String(value).includes(", ") ? "it holds «, ». Name one schema each." : undefined,
            },
            source: SOURCE,
        },
        statementTimeout: { type: "integer", minimum: 0, source: SOURCE },
        idleInTransactionSessionTimeout: { type: "integer", minimum: 0, source: SOURCE },
        assumeRole: { ...NAME },
        skipDropRole: flag(false),
        skipReassignOwned: flag(false),
        encrypted: notHere("string", "It is deprecated: use encryptedPassword."),
        passwordWo: { ...notHere("string", "Use password; it is kept as a secret."), secret: true },
        passwordWoVersion: notHere("string", "Use password; it is kept as a secret."),
    },
};

export const SCHEMA_TABLE: ResourceTable = {
    token: SCHEMA,
    properties: {
        name: NAME,
        database: { ...FIXED_NAME, keptWhenLeftOut: true },
        owner: { ...NAME, keptWhenLeftOut: true },
        ifNotExists: flag(true),
        dropCascade: flag(false),
        policies: {
            ...notHere("array", "It is deprecated: use postgresql.Grant with objectType schema."),
            items: { type: "object" },
        },
    },
};

export const GRANT_ROLE_TABLE: ResourceTable = {
    token: GRANT_ROLE,
    properties: {
        role: { ...FIXED_NAME, required: true },
        grantRole: { ...FIXED_NAME, required: true },
        withAdminOption: { ...flag(false), createOnly: true },
    },
    check: ({ role, grantRole }) =>
        role === grantRole && role !== UNKNOWN
            ? [
                  {
                      property: "grantRole",
                      reason: `'grantRole' is "${String(role)}", as is 'role': no role is its own member. Name another.`,
                  },
              ]
            : [],
};

const PRIVILEGE_LIST: PropertyRule = {
    type: "array",
    items: { type: "string" },
    unordered: true,
    required: true,
    source: SOURCE,
};

export const GRANT_TABLE: ResourceTable = {
    token: GRANT,
    properties: {
        role: { ...FIXED_NAME, required: true },
        database: { ...FIXED_NAME, required: true },
        objectType: {
            type: "string",
            required: true,
            createOnly: true,
            values: ["database", "schema", "table", "sequence", "function", "procedure", "routine"],
            source: SOURCE,
        },
        schema: FIXED_NAME,
        objects: {
            type: "array",
            // A function's argument types go into the statement as they are.
            items: {
                type: "string",
                pattern: /^[^(\0]+(\([\w\s,."[\]]*\))?$/,
                patternText: "that is a name, with the argument types in brackets for a function",
            },
            unordered: true,
            createOnly: true,
            source: SOURCE,
        },
        columns: { ...notHere("array", "Grant on the table."), items: { type: "string" }, createOnly: true },
        privileges: PRIVILEGE_LIST,
        withGrantOption: { ...flag(false), createOnly: true },
    },
    check: checkGrant,
};

export const DEFAULT_PRIVILEGES_TABLE: ResourceTable = {
    token: DEFAULT_PRIVILEGES,
    properties: {
        role: { ...FIXED_NAME, required: true },
        database: { ...FIXED_NAME, required: true },
        owner: { ...FIXED_NAME, required: true },
        schema: FIXED_NAME,
        objectType: {
            type: "string",
            required: true,
            createOnly: true,
            values: ["table", "sequence", "function", "routine", "type", "schema"],
            source: SOURCE,
        },
        privileges: PRIVILEGE_LIST,
        withGrantOption: { ...flag(false), createOnly: true },
    },
    check: (inputs) => [
        ...(inputs.objectType === "schema" && given(inputs.schema)
            ? [wrong("schema", "cannot be given where 'objectType' is schema. Leave it out.")]
            : []),
        ...checkPrivileges(inputs),
    ],
};

function checkGrant(inputs: PropertyMap): CheckFailure[] {
    const { objectType, schema, objects } = inputs;
    const failures = checkPrivileges(inputs);
    if (objectType === UNKNOWN) return failures;
    const type = String(objectType);
    if (type === "database" && given(schema))
        failures.push(wrong("schema", "cannot be given where 'objectType' is database. Leave it out."));
    if (type !== "database" && !given(schema))
        failures.push(wrong("schema", `is missing; 'objectType' ${type} requires it. Add it.`));
    const none = objects === UNKNOWN || !Array.isArray(objects) || objects.length === 0;
    if (!none && (type === "database" || type === "schema")) {
        failures.push(wrong("objects", `cannot be given where 'objectType' is ${type}. Leave it out.`));
    }
    return failures;
}

function checkPrivileges({ objectType, privileges, withGrantOption, role }: PropertyMap): CheckFailure[] {
    const failures: CheckFailure[] = [];
    if (withGrantOption === true && String(role).toLowerCase() === "public") {
        failures.push(wrong("withGrantOption", "cannot be true for the role public. Leave it out."));
    }
    if (objectType === UNKNOWN || !Array.isArray(privileges)) return failures;
    const allowed = ["ALL", ...PRIVILEGES[String(objectType)]!];
    privileges.forEach((privilege: unknown, index) => {
        if (privilege === UNKNOWN || allowed.includes(String(privilege))) return;
        const rule = `cannot be granted on a ${String(objectType)}; allowed are ${allowed.join(", ")}. Use one of these.`;
        failures.push({
            property: `privileges[${index}]`,
            reason: `'privileges[${index}]' is ${JSON.stringify(privilege)}: it ${rule}`,
        });
    });
    return failures;
}

function wrong(property: string, text: string): CheckFailure {
    return { property, reason: `'${property}' ${text}` };
}

function given(value: unknown): boolean {
    return value !== undefined && value !== null && value !== "";
}
