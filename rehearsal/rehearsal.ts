import type { LocalAzure } from "../emulator/localAzure";
import { LOCAL_STACK } from "../emulator/localProvider";
import { AzurePostgresEntraProvider } from "../components/provider/provider";
import { parseStackConfig, type StackConfig } from "../stackConfig";
import { deploy } from "./deployment";
import type { ResourceEvent } from "./rehearsalMonitor";
import { recreatedIdentityCases, refusalCases, welcomeCases } from "./signInCases";
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

/** Signs in as everybody who may and everybody who may not; the tenant is changed at the end. */
export async function signInAsEverybody(
    azure: LocalAzure,
    config: StackConfig,
    host: string,
    onResult: (result: SignInResult) => void,
): Promise<SignInResult[]> {
    const tenant = { directory: azure.directory, tokens: azure.tokens, metadataUrl: azure.endpoint.url };
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
    await run(await recreatedIdentityCases(config, tenant));
    return results;
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
