import type { LocalAzure } from "../emulator/localAzure";
import { LOCAL_STACK } from "../emulator/localProvider";
import { OWNER_PROFILE, profileRole } from "../components/index";
import { AzurePostgresEntraProvider } from "../components/provider/provider";
import { identifier } from "../components/provider/sql";
import { parseStackConfig, type StackConfig } from "../stackConfig";
import { deploy } from "./deployment";
import { attemptPrivileges, LATER_TABLE_SQL, makeLaterTable, type PrivilegeResult } from "./privilegeAttempt";
import { ownerOf, privilegeCases } from "./privilegeCases";
import type { ResourceEvent } from "./rehearsalMonitor";
import { recreatedIdentityCases, refusalCases, welcomeCases, type Tenant } from "./signInCases";
import { attemptSignIn, type SignInAttempt, type SignInResult, type SignInTarget } from "./signInAttempt";
import { projectName, stackFileConfig } from "./stackFile";

/** Deploys the stack `local` on a local Azure, in this process; gives its configuration and outputs. */
export async function deployLocalStack(
    azure: LocalAzure,
    onEvent: (event: ResourceEvent) => void,
): Promise<{ config: StackConfig; outputs: Record<string, unknown> }> {
    setEnvironment(azure);
    const raw = stackFileConfig(LOCAL_STACK);
    const ours = new AzurePostgresEntraProvider();
    try {
        const outputs = await deploy({
            project: projectName(),
            stack: LOCAL_STACK,
            config: raw,
            providers: [...azure.providers(), ours],
            program: async () => (await import("../index.js")).default(),
            onEvent,
        });
        return { config: parseStackConfig(projectName(), raw), outputs };
    } finally {
        await ours.close();
    }
}

/** Signs in as everybody who may and everybody who may not. The tenant is changed for it, and changed back. */
export async function signInAsEverybody(
    azure: LocalAzure,
    config: StackConfig,
    host: string,
    onResult: (result: SignInResult) => void,
): Promise<SignInResult[]> {
    const tenant = tenantOf(azure);
    const target = signInTarget(azure, host);
    const results: SignInResult[] = [];
    const run = async (attempts: SignInAttempt[]) => {
        for (const attempt of attempts) {
            const result = await attemptSignIn(target, attempt);
            results.push(result);
            onResult(result);
        }
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
    for (const { name } of config.databases) {
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

function tenantOf(azure: LocalAzure): Tenant {
    return { directory: azure.directory, tokens: azure.tokens, metadataUrl: azure.endpoint.url };
}

function signInTarget(azure: LocalAzure, host: string): SignInTarget {
    const found = azure.resolve(host);
    if (!found) throw new Error(`the local Azure has no server '${host}'`);
    return { host, ...found, ca: azure.certificate };
}

/** The program and the plugin's code run in this process, so its own environment is the deployer's. */
function setEnvironment(azure: LocalAzure): void {
    for (const [name, value] of Object.entries(azure.environment())) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
}
