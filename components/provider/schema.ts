/** The package's schema for other languages, of its custom resources, from one table. Components add theirs. */
import { CLOUDS } from "../clouds";
import { ON_DELETE_ACTIONS } from "./onDelete";
import { PrincipalType } from "../principalType";
import {
    enumType,
    listOf,
    mapOf,
    NUMBER,
    objectType,
    properties,
    required,
    TEXT,
    YES_NO,
    type Property,
    type Table,
} from "./schemaTable";
import { virtualMachineIdentitySchema } from "./virtualMachineIdentitySchema";

export const PACKAGE = "azure-postgres-entra";
export const DATABASE_PRINCIPAL = `${PACKAGE}:index:DatabasePrincipal`;
export const DATABASE_PRINCIPAL_SET = `${PACKAGE}:index:DatabasePrincipalSet`;
export const VIRTUAL_MACHINE_IDENTITY = `${PACKAGE}:index:VirtualMachineIdentity`;

const token = (name: string) => `${PACKAGE}:index:${name}`;
const ref = (name: string) => ({ $ref: `#/types/${token(name)}` });

const CONNECTION: Table = {
    host: {
        type: TEXT,
        required: true,
        description: "The server's full host name. TLS always checks the certificate against it.",
        replaces: true,
    },
    port: { type: NUMBER, description: "Default: 5432." },
    user: {
        type: TEXT,
        required: true,
        description:
            "The role name of the Microsoft Entra administrator who signs in: a user principal name, or the name of a group, service principal or managed identity. The identity that runs Pulumi must be it or a member of it. Case counts.",
    },
    database: { type: TEXT, description: "Default, and only possible value: postgres." },
    cloud: { type: ref("Cloud"), description: "Default: Public." },
    address: {
        type: TEXT,
        description:
            "Where to connect instead of the host, for instance a tunnel's 127.0.0.1:6432. The name that TLS checks stays the host's. Default: the host.",
    },
    caFile: {
        type: TEXT,
        description:
            "Path of certificates of an authority of its own. Only with cloud Local on a loopback address. Default: the system's authorities, with cloud Local those that the local Azure names.",
    },
};

const PRINCIPAL: Table = {
    name: {
        type: TEXT,
        required: true,
        output: true,
        description:
            "The role's name, 1 to 63 bytes, exactly as in Microsoft Entra ID where no objectId is given. With an objectId a change renames the role; without one it replaces the role.",
    },
    principalType: {
        type: ref("PrincipalType"),
        required: true,
        output: true,
        description: "User, Group or ServicePrincipal. A managed identity is a ServicePrincipal.",
    },
    objectId: {
        type: TEXT,
        output: true,
        description:
            "The object id in Microsoft Entra ID; for applications that of the enterprise application. Default: the one that the service finds by name. A change replaces the role, unless rebindFrom hands it over.",
    },
    isAdmin: {
        type: YES_NO,
        output: true,
        description:
            "Makes an administrator: member of azure_pg_admin with CREATEROLE and CREATEDB. Can be changed in place. Default: false.",
    },
    requireMfa: {
        type: YES_NO,
        output: true,
        description:
            "Demands multi-factor authentication in the token. Can be changed in place. Default: false.",
    },
    memberOf: {
        type: listOf(TEXT),
        output: true,
        description:
            "The roles that it is a member of, all of them: other memberships are revoked. Default: none.",
    },
    settings: {
        type: listOf(ref("RoleSetting")),
        output: true,
        description: "The parameters set for the role, all of them: others are reset. Default: none.",
    },
    connectionLimit: {
        type: NUMBER,
        output: true,
        description: "How many connections it may have at once; -1 for no limit. Default: -1.",
    },
    rebindFrom: {
        type: TEXT,
        description:
            "Allows exactly one role to be handed to objectId, in place and with its privileges: the one that carries this old object id, or with 'unlabelled' one that belongs to no identity. Never a role of the service, a superuser or a group of privileges. Default: no role is handed over.",
    },
};

const RESOURCE: Table = {
    connection: {
        type: ref("Connection"),
        required: true,
        description: "How to reach and sign in to the server.",
    },
    flavor: {
        type: ref("Flavor"),
        description:
            "Which kind of server. On the retired Single Server a principal has only name, principalType and clientId. Default: Flexible.",
    },
    clientId: {
        type: TEXT,
        description:
            "With the flavor SingleServer only: the application (client) id of a ServicePrincipal. A change replaces the role. Default: none.",
    },
    ...PRINCIPAL,
    onDelete: {
        type: ref("OnDelete"),
        description:
            "What becomes of its objects when it is removed. Default: all go to the administrator who signs in, so nothing is lost.",
    },
};

const ENTRY: Table = {
    ...PRINCIPAL,
    name: {
        type: TEXT,
        output: true,
        description:
            "The role's name, 1 to 63 bytes, exactly as in Microsoft Entra ID where no objectId is given. With an objectId a change renames the role. Default: the key.",
    },
    onDelete: {
        type: ref("OnDelete"),
        description:
            "What becomes of its objects when it is taken out of the set. Default: what the set says.",
    },
};

const CAN_LOGIN: Property = {
    type: YES_NO,
    output: true,
    description: "False where somebody took LOGIN from the role; the next deployment gives it back.",
};

function outputsOf(table: Table): Table {
    const outputs = Object.entries(table).filter(([, property]) => property.output);
    return Object.fromEntries(outputs.map(([name, property]) => [name, { ...property, required: true }]));
}

/** What comes out for a principal. */
const STATE: Table = outputsOf({ ...PRINCIPAL, canLogin: CAN_LOGIN });

/** What comes out for each principal of a set: what is as by default is left out (`principalOutputs.ts`). */
const ENTRY_STATE: Table = {
    name: STATE["name"]!,
    principalType: STATE["principalType"]!,
    objectId: STATE["objectId"]!,
    isAdmin: { type: YES_NO, description: "Whether it is an administrator. Default, left out: false." },
    requireMfa: {
        type: YES_NO,
        description: "Whether its tokens must prove multi-factor authentication. Default, left out: false.",
    },
    memberOf: {
        type: listOf(TEXT),
        description: "The roles that it is a member of. Default, left out: none.",
    },
    settings: {
        type: listOf(ref("RoleSetting")),
        description: "The parameters set for the role. Default, left out: none.",
    },
    connectionLimit: {
        type: NUMBER,
        description: "How many connections it may have at once. Default, left out: no limit.",
    },
    canLogin: {
        type: YES_NO,
        description:
            "False where somebody took LOGIN from the role; the next deployment gives it back. Default, left out: true.",
    },
};

const SET: Table = {
    connection: RESOURCE.connection!,
    flavor: { type: ref("Flavor"), description: "Default: Flexible, the only one supported in a set." },
    principals: {
        type: mapOf(ref("PrincipalEntry")),
        required: true,
        description:
            "The principals by keys of your choice. A key is for the preview and the state alone; keep it when a principal is renamed, and give the name.",
    },
    onDelete: {
        type: ref("OnDelete"),
        description:
            "What becomes of the objects of principals that are removed. Default: all go to the administrator who signs in, so nothing is lost.",
    },
};

const ROLE_SETTING: Table = {
    name: { type: TEXT, required: true, description: "The parameter, for instance statement_timeout." },
    value: {
        type: TEXT,
        required: true,
        description: "Its value; lists such as search_path separated by commas.",
    },
    database: { type: TEXT, description: "Only in this database. Default: in all." },
};

const ON_DELETE: Table = {
    action: { type: ref("OnDeleteAction"), required: true, description: "What happens to its objects." },
    reassignTo: {
        type: TEXT,
        description: "With Reassign: the role that gets them. Default: the administrator who signs in.",
    },
};

const ACTION_TEXTS: Record<string, string> = {
    Reassign: "Its objects go to another role, in every database.",
    Drop: "Its objects are dropped, in every database. Databases that it owns go to the administrator who signs in.",
    Keep: "The role stays with all it has, but nobody can sign in with it.",
};

/** The schema as an object; JSON is what the engine reads. */
export function packageSchema(version: string): object {
    return {
        name: PACKAGE,
        version,
        description:
            "Passwordless Azure Database for PostgreSQL with Microsoft Entra identities: components and database principals.",
        keywords: ["category/database", "azure", "postgresql", "entra"],
        license: "Apache-2.0",
        meta: { moduleFormat: "(.*)" },
        language: { nodejs: { respectSchemaVersion: true }, python: { respectSchemaVersion: true } },
        types: {
            [token("Connection")]: objectType("How to reach and sign in to a server.", CONNECTION),
            [token("PrincipalEntry")]: objectType("One principal of a set.", ENTRY),
            [token("PrincipalState")]: objectType(
                "What the server holds about a principal of a set.",
                ENTRY_STATE,
            ),
            [token("RoleSetting")]: objectType("One parameter of a role (ALTER ROLE … SET).", ROLE_SETTING),
            [token("OnDelete")]: objectType("What becomes of the objects of a removed principal.", ON_DELETE),
            [token("Cloud")]: enumType("Which Azure cloud the server is in.", Object.keys(CLOUDS)),
            [token("Flavor")]: enumType("Which kind of server.", ["Flexible", "SingleServer"]),
            [token("PrincipalType")]: enumType("The kind of identity.", Object.values(PrincipalType)),
            [token("OnDeleteAction")]: enumType(
                "What happens to the objects.",
                [...ON_DELETE_ACTIONS],
                ACTION_TEXTS,
            ),
        },
        resources: {
            [DATABASE_PRINCIPAL]: principal(),
            [DATABASE_PRINCIPAL_SET]: principalSet(),
            [VIRTUAL_MACHINE_IDENTITY]: virtualMachineIdentitySchema(ref("Cloud")),
        },
    };
}

function principal(): object {
    return {
        description:
            "A role in PostgreSQL for one Microsoft Entra identity, found by its object id. A role that carries the same object id is adopted, with exactly the memberships and settings declared here; a role of another identity is refused.",
        inputProperties: properties(RESOURCE),
        requiredInputs: required(RESOURCE),
        properties: properties(STATE),
        required: required(STATE),
    };
}

function principalSet(): object {
    const description = "What the server holds about each principal, by its key.";
    const principals = { ...mapOf(ref("PrincipalState")), description };
    return {
        description:
            "Roles in PostgreSQL for many Microsoft Entra identities, made and changed together in one transaction: all or nothing. A set manages only what it names, so several sets can be on one server.",
        inputProperties: properties(SET),
        requiredInputs: required(SET),
        properties: { principals },
        required: ["principals"],
    };
}
