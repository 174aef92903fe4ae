import * as pulumi from "@pulumi/pulumi";
import * as postgresql from "@pulumi/postgresql";
import { Cloud } from "./clouds";
import { DatabaseService, type DatabaseAccessArgs } from "./databaseAccessArgs";
import { checkDatabaseAccess } from "./databaseAccessChecks";
import { accessPlan, OWNER_PROFILE, type AccessPlan } from "./databaseAccessPlan";
import { withFormerNames } from "./formerNames";
import { plainValue, readyAfter, validatedIfGiven } from "./inputs";
import { checkTenantId } from "./names";
import { serverErrorHook } from "./serverErrorHook";

/**
 * Who may do what in one database: a role without LOGIN for each profile, its privileges on what is there, and default
 * privileges for what the owner profile's members make later. Everybody else is locked out (PUBLIC loses CONNECT).
 *
 * The administrator who signs in becomes a member of the owner profile; it makes no other membership: a principal is given a profile by naming its role in memberOf. Members of the owner profile
 * also need the setting role for this database, so that what they make belongs to the profile.
 *
 * Give it the server in dependsOn and deletedWith: the provider's token is fetched once, so it must be configured only when
 * the server is ready (E14), and with the server everything here is gone.
 */
export class DatabaseAccess extends pulumi.ComponentResource {
    /** Name of the database. */
    public readonly database: pulumi.Output<string>;
    /** The role of each profile, by the profile's name, once it has its privileges. */
    public readonly roles: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: DatabaseAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        checkDatabaseAccess(args);
        super(
            "azure-postgres-entra:index:DatabaseAccess",
            name,
            {},
            withFormerNames("DatabaseAccess", name, opts),
        );
        const plan = accessPlan(args);
        const provider = makeProvider(name, args, { parent: this, dependsOn: opts?.dependsOn });
        // The provider itself tries nothing again, and a server restarts when it likes (F70).
        const hooks = { onError: [serverErrorHook(plainValue(args.cloud))] };
        const shared = { parent: this, provider, deletedWith: opts?.deletedWith, hooks };
        const last = makeAll(name, args, plan, shared);
        this.database = readyAfter(args.database, [last]);
        this.roles = readyAfter(plan.roles, [last]);
        this.registerOutputs({ database: this.database, roles: this.roles });
    }
}

/** Given, because the SDK else takes it from whoever runs it, and the provider would seem to change. */
const CONNECT_TIMEOUT_SECONDS = 60;

/**
 * Never the default provider: it would sign in to another server, or without TLS. Where its fixed audience does not fit, it
 * takes the token from PGPASSWORD (F15, F54).
 */
function makeProvider(
    name: string,
    args: DatabaseAccessArgs,
    opts: pulumi.ResourceOptions,
): postgresql.Provider {
    const fetchesToken = pulumi
        .output(args.cloud)
        .apply((cloud = Cloud.Public) => fetches(cloud, args.service));
    const tenantId = pulumi.output(
        validatedIfGiven(args.tenantId, (value) => checkTenantId("tenantId", value)),
    );
    return new postgresql.Provider(
        `${name}-provider`,
        {
            host: args.host,
            port: args.port ?? 5432,
            username: args.user,
            // A role's objects are handed over in this database when the role is removed.
            database: args.database,
            sslmode: "verify-full",
            connectTimeout: CONNECT_TIMEOUT_SECONDS,
            // On Azure nobody is: with true the provider reads what only a superuser may.
            superuser: false,
            azureIdentityAuth: fetchesToken.apply((fetches) => (fetches ? true : undefined!)),
            azureTenantId: pulumi
                .all([fetchesToken, tenantId])
                .apply(([fetches, tenant]) => (fetches ? tenant! : undefined!)),
        },
        opts,
    );
}

/** Its audience is that of Flexible Server in the public cloud, which the local Azure stands in for. */
function fetches(cloud: Cloud, service: DatabaseService = DatabaseService.FlexibleServer): boolean {
    return service === DatabaseService.FlexibleServer && (cloud === Cloud.Public || cloud === Cloud.Local);
}

/**
 * Roles first, the administrator as a member of the owner's, then what they get, one statement after another: concurrent ones within a database fail with "tuple
 * concurrently updated" (E15). The chain is of dependsOn alone, so that a link more or less changes no other one.
 *
 * @returns the last of the chain
 */
function makeAll(
    name: string,
    { database, user }: DatabaseAccessArgs,
    plan: AccessPlan,
    shared: pulumi.CustomResourceOptions,
): pulumi.Resource {
    const roles: pulumi.Resource[] = [];
    let last: pulumi.Resource | undefined;
    const next = <T extends pulumi.Resource>(make: (opts: pulumi.CustomResourceOptions) => T): T => {
        const made = make({ ...shared, dependsOn: last ? [...roles, last] : [] });
        last = made;
        return made;
    };
    const makeRole = (profile: string, role: string) =>
        roles.push(
            next((opts) => new postgresql.Role(`${name}-${profile}`, { name: role, login: false }, opts)),
        );
    const { [OWNER_PROFILE]: owner, ...others } = plan.roles;
    if (owner !== undefined) {
        makeRole(OWNER_PROFILE, owner);
        // Made before the other roles and so removed after them: what the owner's objects grant them only the owner can revoke.
        const administrator = { role: user, grantRole: owner };
        // From PostgreSQL 16 on whoever makes a role has ADMIN OPTION on it, which the provider takes for a change of this one.
        const ignoreChanges = ["withAdminOption"];
        const member = (opts: pulumi.CustomResourceOptions) =>
            new postgresql.GrantRole(`${name}-administrator`, administrator, { ...opts, ignoreChanges });
        roles.push(next(member));
    }
    for (const [profile, role] of Object.entries(others)) makeRole(profile, role);
    for (const schema of plan.schemas) {
        const inputs = { name: schema, database, owner };
        // A schema that is listed no more stays: it may hold tables.
        next(
            (o) => new postgresql.Schema(`${name}-schema-${schema}`, inputs, { ...o, retainOnDelete: true }),
        );
    }
    for (const { key, ...inputs } of plan.grants)
        next((opts) => new postgresql.Grant(`${name}-${key}`, { database, ...inputs }, opts));
    for (const { key, ...inputs } of plan.defaults)
        next((opts) => new postgresql.DefaultPrivileges(`${name}-${key}`, { database, ...inputs }, opts));
    return last!;
}
