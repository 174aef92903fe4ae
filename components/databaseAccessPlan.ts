import type {
    AccessProfileArgs,
    DatabaseAccessArgs,
    DatabaseGranteeArgs,
    SchemaPrivilegesArgs,
} from "./databaseAccessArgs";

/** Which roles a database has and what is granted to them. Pure. */

/** The profiles that every database has. */
export const PROFILES = ["readonly", "readwrite", "owner"] as const;

/** The profile whose members make objects: as this role, so that the other profiles may use what they make. */
export const OWNER_PROFILE = "owner";

/** Everybody, in grants. */
const PUBLIC = "public";

/** The kinds of objects that one statement grants on, all of a schema. */
export type ObjectKind = "table" | "sequence" | "function";

/** What is granted in one statement, on the database, on a schema, or on all objects of a kind within a schema. */
export interface PlannedGrant {
    /** Part of the resource's name, unique within the database. */
    key: string;
    role: string;
    objectType: "database" | "schema" | ObjectKind;
    schema?: string;
    /** All of them: others are revoked. */
    privileges: string[];
}

/** What a role gets on the objects that an owner makes from now on. */
export interface PlannedDefault {
    key: string;
    role: string;
    owner: string;
    /** `undefined`: in every schema of the database. */
    schema?: string;
    objectType: "schema" | ObjectKind;
    privileges: string[];
}

export interface AccessPlan {
    /** The role of each profile, by the profile's name. */
    roles: Record<string, string>;
    /** Schemas to be made, which belong to the owner's role. */
    schemas: string[];
    grants: PlannedGrant[];
    defaults: PlannedDefault[];
}

/** Name of a profile's role. */
export function profileRole(database: string, profile: string): string {
    return `${database}_${profile}`;
}

const KINDS: readonly [ObjectKind, "tables" | "sequences" | "functions"][] = [
    ["table", "tables"],
    ["sequence", "sequences"],
    ["function", "functions"],
];

/** What readonly and readwrite may do in every schema. */
const BUILT_IN = {
    readonly: { tables: ["SELECT"], sequences: ["SELECT"], functions: ["EXECUTE"] },
    readwrite: {
        tables: ["SELECT", "INSERT", "UPDATE", "DELETE"],
        sequences: ["USAGE", "SELECT"],
        functions: ["EXECUTE"],
    },
} as const;

/**
 * The plan of one database.
 *
 * - PUBLIC loses CONNECT and TEMPORARY on the database, CREATE on the schemas, and EXECUTE on later functions of the owners.
 * - readonly and readwrite have their privileges on all tables and sequences of the schemas, and in every schema on what
 *   the owners make later. Functions that are there already are PUBLIC's, as PostgreSQL makes them: nothing is granted on
 *   them, because extensions' functions are not the administrator's to grant.
 * - owner may make schemas and objects, and owns what it makes. Objects that are there already keep their owner.
 */
export function accessPlan(args: DatabaseAccessArgs): AccessPlan {
    return args.grantees ? granteePlan(args, args.grantees) : profilePlan(args);
}

/** The same privileges, each profile's given to its grantees; nothing is the owner profile's. */
function granteePlan(args: DatabaseAccessArgs, grantees: DatabaseGranteeArgs[]): AccessPlan {
    const { roles, schemas, grants, defaults } = profilePlan(args);
    const given = <T extends PlannedGrant | PlannedDefault>(planned: T): T[] => {
        if (planned.role === PUBLIC) return [planned];
        return grantees
            .filter(({ profile }) => roles[profile] === planned.role)
            .map(({ role, profile }) => ({
                ...planned,
                role,
                key: `${role}${planned.key.slice(profile.length)}`,
            }));
    };
    const owned = defaults.filter((planned) => planned.owner !== roles[OWNER_PROFILE]);
    return { roles: {}, schemas, grants: grants.flatMap(given), defaults: owned.flatMap(given) };
}

function profilePlan(args: DatabaseAccessArgs): AccessPlan {
    const { database, schemas = ["public"], profiles = [], objectOwners = [] } = args;
    const names = [...PROFILES, ...profiles.map((profile) => profile.name)];
    const roles = Object.fromEntries(names.map((name) => [name, profileRole(database, name)]));
    const owners = [roles[OWNER_PROFILE]!, ...objectOwners];
    return {
        roles,
        schemas: schemas.filter((schema) => schema !== "public"),
        grants: [
            ...onDatabase(roles),
            ...schemas.flatMap((schema) => inSchema(roles, schema)),
            ...profiles.flatMap((profile) => ofProfile(roles, profile)),
        ],
        defaults: owners.flatMap((owner) => [
            ...laterOf(roles, owner, owner === owners[0] ? "" : `-of-${owner}`),
            ...profiles.flatMap((profile) =>
                laterOfProfile(roles, profile, owner, owner === owners[0] ? "" : `-of-${owner}`),
            ),
        ]),
    };
}

function onDatabase(roles: Record<string, string>): PlannedGrant[] {
    const privileges = (profile: string) => {
        if (profile === OWNER_PROFILE) return ["CONNECT", "TEMPORARY", "CREATE"];
        return profile === "readwrite" ? ["CONNECT", "TEMPORARY"] : ["CONNECT"];
    };
    const objectType = "database" as const;
    return [
        { key: "everybody-database", role: PUBLIC, objectType, privileges: [] },
        ...Object.entries(roles).map(([profile, role]) => ({
            key: `${profile}-database`,
            role,
            objectType,
            privileges: privileges(profile),
        })),
    ];
}

/** F79: from PostgreSQL 15 on nobody may create in public; before, everybody may. After this, the owner alone. */
function inSchema(roles: Record<string, string>, schema: string): PlannedGrant[] {
    const onSchema = (who: string, role: string, privileges: string[]): PlannedGrant => ({
        key: `${who}-schema-${schema}`,
        role,
        objectType: "schema",
        schema,
        privileges,
    });
    return [
        ...(schema === "public"
            ? [
                  onSchema("everybody", PUBLIC, ["USAGE"]),
                  onSchema(OWNER_PROFILE, roles[OWNER_PROFILE]!, ["USAGE", "CREATE"]),
              ]
            : []),
        ...(["readonly", "readwrite"] as const).flatMap((profile) => [
            onSchema(profile, roles[profile]!, ["USAGE"]),
            grant(profile, roles[profile]!, schema, "table", BUILT_IN[profile].tables),
            grant(profile, roles[profile]!, schema, "sequence", BUILT_IN[profile].sequences),
        ]),
    ];
}

function grant(
    profile: string,
    role: string,
    schema: string,
    objectType: PlannedGrant["objectType"],
    privileges: readonly string[],
): PlannedGrant {
    const what = objectType === "schema" ? "schema" : `${objectType}s`;
    return { key: `${profile}-${what}-${schema}`, role, objectType, schema, privileges: [...privileges] };
}

function ofProfile(roles: Record<string, string>, profile: AccessProfileArgs): PlannedGrant[] {
    const role = roles[profile.name]!;
    return profile.privileges.flatMap((given: SchemaPrivilegesArgs) => [
        grant(profile.name, role, given.schema, "schema", given.usage ?? ["USAGE"]),
        ...KINDS.filter(([, list]) => given[list]?.length).map(([kind, list]) =>
            grant(profile.name, role, given.schema, kind, given[list]!),
        ),
    ]);
}

function laterOf(roles: Record<string, string>, owner: string, suffix: string): PlannedDefault[] {
    const everybody = { key: `everybody-later-functions${suffix}`, role: PUBLIC, owner };
    return [
        { ...everybody, objectType: "function", privileges: [] },
        ...(["readonly", "readwrite"] as const).flatMap((profile) => [
            later(profile, roles[profile]!, owner, suffix, "schema", ["USAGE"]),
            ...KINDS.map(([kind, list]) =>
                later(profile, roles[profile]!, owner, suffix, kind, BUILT_IN[profile][list]),
            ),
        ]),
    ];
}

function later(
    profile: string,
    role: string,
    owner: string,
    suffix: string,
    objectType: PlannedDefault["objectType"],
    privileges: readonly string[],
): PlannedDefault {
    const key = `${profile}-later-${objectType}s${suffix}`;
    return { key, role, owner, objectType, privileges: [...privileges] };
}

function laterOfProfile(
    roles: Record<string, string>,
    profile: AccessProfileArgs,
    owner: string,
    suffix: string,
): PlannedDefault[] {
    return profile.privileges.flatMap(({ schema, ...given }) =>
        KINDS.filter(([, list]) => given[list]?.length).map(([kind, list]) => ({
            ...later(profile.name, roles[profile.name]!, owner, `-${schema}${suffix}`, kind, given[list]!),
            schema,
        })),
    );
}
