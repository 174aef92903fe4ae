import type { LocalAzure } from "../emulator/localAzure";
import { LOCAL_STACK } from "../emulator/localProvider";
import { OWNER_PROFILE, profileRole } from "../components/index";
import { AzurePostgresEntraProvider } from "../components/provider/provider";
import { identifier } from "../components/provider/sql";
import type { StackConfig } from "../stackConfig";
import { managedDatabases } from "../stackConfigAccess";
import { deploy } from "./deployment";
import { attemptPrivileges, LATER_TABLE_SQL, makeLaterTable, type PrivilegeResult } from "./privilegeAttempt";
import { ownerOf, privilegeCases } from "./privilegeCases";
import type { ResourceEvent } from "./rehearsalMonitor";
import { recreatedIdentityCases, refusalCases, welcomeCases, type Tenant } from "./signInCases";
import { attemptSignIn, type SignInAttempt, type SignInResult, type SignInTarget } from "./signInAttempt";
import type { Deployed, Scenario } from "./scenarios/scenario";
import { configOf, projectName } from "./stackFile";
import { useEnvironment } from "../emulator/endpoint/environment";

/** Deploys a scenario on a local Azure, in this process, as the stack `local`. */
export async function deployScenario(
    azure: LocalAzure,
    scenario: Scenario,
    onEvent: (event: ResourceEvent) => void,
): Promise<Deployed> {
    // The program and the plugin run in this process, so its own environment is the deployer's.
    useEnvironment(azure.environment());
    await scenario.prepare?.(azure);
    const config = configOf(scenario.stackFile);
    const ours = new AzurePostgresEntraProvider();
    try {
        const outputs = await deploy({
            project: projectName(),
            stack: LOCAL_STACK,
            config,
            providers: [...azure.providers(), ours],
            program: async () => (await import("../index.js")).default(),
            onEvent,
        });
        return { azure, config, outputs };
    } finally {
        await ours.close();
    }
}

/** Signs in as everybody who may and everybody who may not. The tenant is changed for it, and changed back. */
export async function signInAsEverybody(
    azure: LocalAzure,
    config: StackConfig,
    host: string,
): Promise<SignInResult[]> {
    const tenant = tenantOf(azure);
    const target = signInTarget(azure, host);
    const results: SignInResult[] = [];
    const run = async (attempts: SignInAttempt[]) => {
        for (const attempt of attempts) results.push(await attemptSignIn(target, attempt));
    };
    await run(welcomeCases(config, tenant));
    await run(refusalCases(config, tenant));
    const recreated = await recreatedIdentityCases(config, tenant);
    try {
        await run(recreated.attempts);
    } finally {
        recreated.restore();
    }
    return results;
}

/** Tries what every principal may do in every database, on a table that an owner makes now. */
export async function tryPrivileges(
    azure: LocalAzure,
    config: StackConfig,
    host: string,
): Promise<PrivilegeResult[]> {
    if (config.principals.length === 0) return [];
    const [target, tenant] = [signInTarget(azure, host), tenantOf(azure)];
    for (const { name } of managedDatabases(config)) {
        const owner = ownerOf(config, tenant, name);
        await (owner ? makeLaterTable(target, owner) : makeTableAsProfile(azure, config, name));
    }
    const results: PrivilegeResult[] = [];
    for (const attempt of privilegeCases(config, tenant))
        results.push(await attemptPrivileges(target, attempt));
    return results;
}

/** Where nobody has the owner profile. */
async function makeTableAsProfile(azure: LocalAzure, config: StackConfig, database: string): Promise<void> {
    const role = identifier(profileRole(database, OWNER_PROFILE));
    const sql = `begin; set local role ${role}; ${LATER_TABLE_SQL}; commit`;
    await azure.servers.get(config.server.name)!.superuserQuery(sql, undefined, database);
}

export function tenantOf(azure: LocalAzure): Tenant {
    return { directory: azure.directory, tokens: azure.tokens, metadataUrl: azure.endpoint.url };
}

/** @throws Error where the local Azure has no such server */
export function signInTarget(azure: LocalAzure, host: string): SignInTarget {
    const found = azure.resolve(host);
    if (!found) throw new Error(`the local Azure has no server '${host}'`);
    return { host, ...found, ca: azure.certificate };
}
