import { CITUS_ROLE, CLUSTER_TOKEN_AUDIENCE } from "../../components/index";
import { coordinatorHost } from "../../emulator/arm/serverGroups/cluster";
import type { CosmosStackConfig } from "../../stackConfigCosmos";
import { parseStack } from "../../stackSystem";
import { linesFor, passwordLinesFor } from "../howToSignIn";
import { attemptPrivileges, makeLaterTable, type PrivilegeAttempt } from "../privilegeAttempt";
import { signInTarget, tenantOf } from "../rehearsal";
import { BUILT_IN_PROFILES } from "../privilegeCases";
import { attemptSignIns, type SignInAttempt } from "../signInAttempt";
import { byThemselves, recreatedUserCases, userRefusals, type Named, type Tenant } from "../signInCases";
import { projectName } from "../stackFile";
import type { Deployed, Outcome, RawConfig, Scenario } from "./scenario";

export const cosmosScenario: Scenario = {
    name: "cosmos",
    summary: "an Azure Cosmos DB for PostgreSQL cluster, with Entra roles and native ones",
    stackFile: "rehearsal/scenarios/Pulumi.cosmos.yaml",
    host: (raw) => coordinatorHost(parsed(raw).cosmosCluster.name),
    attempt,
    howToSignIn(raw, server, tokenOptions) {
        const config = parsed(raw);
        const options = `${tokenOptions} --audience ${CLUSTER_TOKEN_AUDIENCE}`;
        const database = config.cosmosCluster.databaseName;
        const entra = [
            ...config.administrators.map(({ principalName: name }) => ({ name, database })),
            ...config.principals.map(({ name, access }) => ({ name, database: databaseOf(config, access) })),
        ];
        return [
            ...entra.map((role) => linesFor(role, server, options)),
            ...config.nativeRoles.map(({ name }) => passwordLinesFor({ name, database }, server)),
        ].join("\n\n");
    },
};

function parsed(raw: RawConfig): CosmosStackConfig {
    const stack = parseStack(projectName(), raw);
    if (stack.system !== "cosmosCluster") throw new Error(`the scenario's system is '${stack.system}'`);
    return stack.config;
}

async function attempt({ azure, config: raw, outputs }: Deployed): Promise<Outcome> {
    const config = parsed(raw);
    const tenant = { ...tenantOf(azure), audience: CLUSTER_TOKEN_AUDIENCE };
    const target = signInTarget(azure, outputs.host as string);
    const privileges = [];
    await makeLaterTable(target, byPassword(CITUS_ROLE, config.citusPassword, config));
    for (const one of privilegeCases(config, tenant)) privileges.push(await attemptPrivileges(target, one));
    const signIns = await attemptSignIns(target, [
        ...welcome(config, tenant),
        ...refusals(config, tenant, tenantOf(azure)),
    ]);
    const user = config.principals.find((p) => p.principalType === "User" && p.access)!;
    const recreated = await recreatedUserCases(tenant, named(user), config.cosmosCluster.databaseName);
    try {
        signIns.push(...(await attemptSignIns(target, recreated.attempts)));
    } finally {
        recreated.restore();
    }
    return { signIns, privileges };
}

function named(principal: CosmosStackConfig["principals"][number]): Named {
    return { name: principal.name, objectId: principal.objectId };
}

/** Who has no privilege may not connect to the cluster's database. */
function databaseOf(config: CosmosStackConfig, access: string | undefined): string {
    return access === undefined ? "postgres" : config.cosmosCluster.databaseName;
}

function welcome(config: CosmosStackConfig, tenant: Tenant): SignInAttempt[] {
    const database = config.cosmosCluster.databaseName;
    return [
        ...config.administrators.flatMap((a) =>
            byThemselves(tenant, { name: a.principalName, objectId: a.objectId }, database, "administrator"),
        ),
        ...config.principals.flatMap((p) => byThemselves(tenant, named(p), databaseOf(config, p.access))),
        {
            who: "the built-in role, by its password",
            ...byPassword(CITUS_ROLE, config.citusPassword, config),
        },
        ...config.nativeRoles.map(({ name }) => ({
            who: "a native role, by its password",
            ...byPassword(name, config.nativeRolePasswords[name]!, config),
        })),
    ];
}

function byPassword(role: string, password: string, config: CosmosStackConfig) {
    return { role, database: config.cosmosCluster.databaseName, token: async () => password };
}

function refusals(config: CosmosStackConfig, tenant: Tenant, flexible: Tenant): SignInAttempt[] {
    const database = config.cosmosCluster.databaseName;
    const user = config.principals.find((p) => p.principalType === "User" && p.access)!;
    const [native] = config.nativeRoles;
    const token = (of: Tenant) => byThemselves(of, named(user), database)[0]!.token;
    const outsider = tenant.directory
        .all()
        .find((o) => o.principalType === "User" && o.objectId !== user.objectId)!;
    return [
        ...userRefusals(tenant, named(user), database),
        {
            who: "a token for Flexible Server",
            role: user.name,
            database,
            token: token(flexible),
            refusal: `acquire a new token for the resource "${CLUSTER_TOKEN_AUDIENCE}"`,
        },
        {
            who: `${outsider.displayName}, with a token of their own`,
            role: user.name,
            database,
            token: () =>
                tenant.tokens.issue({ objectId: outsider.objectId, audience: CLUSTER_TOKEN_AUDIENCE }),
            refusal: "oid mismatch",
        },
        {
            who: "a native role, with a left-over token",
            role: native!.name,
            database,
            token: token(tenant),
            refusal: "password authentication failed",
        },
        {
            who: "a user, with a left-over password",
            role: user.name,
            database,
            token: async () => config.citusPassword,
            refusal: "invalid format",
        },
        {
            ...byThemselves(tenant, named(config.principals.find((p) => !p.access)!), database)[0]!,
            who: "a principal without privileges",
            refusal: "permission denied for database",
        },
    ];
}

/** What everybody with a profile may do, on a table that citus made. */
function privilegeCases(config: CosmosStackConfig, tenant: Tenant): PrivilegeAttempt[] {
    const database = config.cosmosCluster.databaseName;
    const entra = config.principals.map((p) => ({
        ...byThemselves(tenant, named(p), database)[0]!,
        access: p.access,
    }));
    const native = config.nativeRoles.map(({ name, access }) => ({
        who: "native role",
        ...byPassword(name, config.nativeRolePasswords[name]!, config),
        access,
    }));
    return [...entra, ...native].map(({ who, role, token, access }) => ({
        who,
        role,
        database,
        profiles: access === undefined ? [] : [access],
        token,
        may: access === undefined ? [] : [...BUILT_IN_PROFILES[access]!],
    }));
}
