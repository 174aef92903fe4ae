/** The access report as data: what `--json` prints, and what every other form is made from. Documented in docs/access-report.md. */

import { z } from "zod";

const count = z.int().nonnegative();

const kind = z.enum(["User", "Group", "ServicePrincipal"]);

/** Somebody in a group, directly or through other groups. */
const member = z.strictObject({
    objectId: z.guid(),
    kind: kind.nullable().describe("null: of another kind, such as a device, or not to be read"),
    name: z.string().nullable().describe("user principal name of a user, display name of all others"),
});

const membership = z.strictObject({
    role: z.string(),
    path: z.array(z.string()).describe("the roles in between, nearest first; empty: a direct membership"),
    inherits: z.boolean().describe("has its privileges at once; false: only after SET ROLE"),
    adminOption: z.boolean().describe("may give the role to others, and so to itself"),
    usable: z.boolean().describe("false: neither inherited nor to be SET; only the ADMIN OPTION is there"),
});

const through = z.array(z.string()).describe("the roles that the privilege comes from; PUBLIC is everybody");

const grant = z.strictObject({ privilege: z.string(), through });

const objectGrant = z.strictObject({
    privilege: z.string(),
    objects: count.describe("on how many objects at least"),
    of: count.describe("objects of this kind in the schema, without those of extensions"),
    through,
});

const schemaAccess = z.strictObject({
    schema: z.string(),
    privileges: z.array(grant).describe("on the schema: USAGE, CREATE"),
    tables: z.array(objectGrant),
    columns: z
        .array(objectGrant)
        .describe("on some columns alone; `objects` and `of` count the tables that have them"),
    sequences: z.array(objectGrant),
    functions: z.array(objectGrant),
});

/** What it comes to, in one word; each includes those before it. */
export const LEVELS = ["connect", "read", "write", "create"] as const;

const databaseAccess = z.strictObject({
    database: z.string(),
    level: z.enum(LEVELS),
    profiles: z.array(z.string()).describe("the profiles of the stack that it has there"),
    privileges: z.array(grant).describe("on the database: CONNECT, CREATE, TEMPORARY"),
    schemas: z.array(schemaAccess).nullable().describe("null: the database could not be read"),
});

const attributes = z.array(z.enum(["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"]));

const principal = z.strictObject({
    role: z.string(),
    kind: z
        .enum(["User", "Group", "ServicePrincipal", "Password", "Unknown"])
        .describe(
            "Password: no Microsoft Entra identity belongs to the role; Unknown: the label does not say",
        ),
    objectId: z.string().nullable(),
    identityName: z
        .string()
        .nullable()
        .describe("user principal name of a user, display name of all others, as Microsoft Entra has it"),
    displayName: z.string().nullable().describe("as Microsoft Entra has it; null where it could not be read"),
    exists: z.boolean().nullable().describe("whether the identity exists; null where it could not be asked"),
    origin: z
        .enum(["administrator", "principal", "groupSync", "service", "outside"])
        .describe("how the stack declares it; outside: not at all"),
    canSignIn: z.boolean(),
    admin: z.boolean(),
    mfa: z
        .boolean()
        .nullable()
        .describe("null where it could not be read, or no identity belongs to the role"),
    connectionLimit: z.int(),
    attributes,
    members: z
        .array(member)
        .nullable()
        .describe(
            "of a group: who signs in through it; null for all others, and where it could not be asked",
        ),
    memberships: z.array(membership),
    access: z.array(databaseAccess),
});

const ownGrant = z.strictObject({ role: z.string(), privileges: z.array(z.string()) });

const defaultPrivilege = z.strictObject({
    owner: z.string().describe("of objects that are made from now on"),
    role: z.string().describe("who gets the privileges; PUBLIC is everybody"),
    schema: z.string().nullable().describe("null: in every schema"),
    kind: z.enum(["table", "sequence", "function", "schema", "type"]),
    privileges: z.array(z.string()),
});

const database = z.strictObject({
    database: z.string(),
    owner: z.string(),
    declared: z.boolean(),
    read: z.boolean().describe("false: its inside could not be read"),
    privileges: z.array(ownGrant).describe("given on the database itself, role by role"),
    schemas: z.array(
        z.strictObject({
            schema: z.string(),
            owner: z.string(),
            tables: count,
            sequences: count,
            functions: count,
            privileges: z.array(ownGrant),
        }),
    ),
    defaultPrivileges: z.array(defaultPrivilege),
});

/** Roles that nobody signs in as: profiles, and what else there is. */
const groupRole = z.strictObject({
    role: z.string(),
    origin: z.enum(["profile", "objectOwner", "service", "outside"]),
    members: z.array(z.string()).describe("roles that are members of it directly"),
});

export const MARK_KINDS = [
    "OutsideCode",
    "PasswordLogin",
    "IdentityGone",
    "Differs",
    "ExtraAttribute",
    "ExtraMembership",
    "ExtraPrivilege",
    "PublicPrivilege",
    "Missing",
    "MissingMembership",
    "MissingPrivilege",
    "DatabaseOutsideCode",
    "DatabaseMissing",
] as const;

const mark = z.strictObject({
    kind: z.enum(MARK_KINDS),
    role: z.string().nullable(),
    database: z.string().nullable(),
    text: z.string().describe("what is so"),
    fix: z.string().describe("what to do about it"),
});

export const accessReportSchema = z.strictObject({
    version: z.literal(1),
    stack: z.string(),
    generatedAt: z.iso.datetime(),
    server: z.strictObject({
        host: z.string(),
        version: z.string().describe("of PostgreSQL"),
        cloud: z.string(),
        signedInAs: z.string(),
    }),
    notChecked: z.array(z.string()).describe("what could not be read, in words"),
    drift: z.array(mark),
    principals: z.array(principal).describe("roles that sign in, and roles of Microsoft Entra identities"),
    groupRoles: z.array(groupRole),
    databases: z.array(database),
});

export type AccessReport = z.infer<typeof accessReportSchema>;
export type Principal = AccessReport["principals"][number];
export type DatabaseAccess = Principal["access"][number];
export type SchemaAccess = NonNullable<DatabaseAccess["schemas"]>[number];
export type Membership = Principal["memberships"][number];
export type GroupMember = NonNullable<Principal["members"]>[number];
export type DatabaseReport = AccessReport["databases"][number];
export type GroupRole = AccessReport["groupRoles"][number];
export type Mark = AccessReport["drift"][number];
export type MarkKind = Mark["kind"];
export type Level = DatabaseAccess["level"];

/** The JSON Schema of `--json`, as docs/access-report.schema.json holds it. */
export function accessReportJsonSchema(): object {
    return z.toJSONSchema(accessReportSchema);
}
