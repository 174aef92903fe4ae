import { LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";
import { POSTGRES_AUDIENCE, RESOURCE_MANAGER_AUDIENCE } from "../../emulator/entra/audiences";
import { seedId, SEED_MACHINE } from "../../emulator/seedResources";
import { signInTarget } from "../rehearsal";
import { attemptSignIns, type SignInAttempt, type SignInResult } from "../signInAttempt";
import { flexibleServerScenario } from "./flexibleServer";
import type { Deployed } from "./scenario";

/** Workloads on the machine, each with a token of the machine's own metadata service, and who gets none there. */
export const vmScenario = flexibleServerScenario({
    name: "vm",
    summary: "managed identities of workloads on a virtual machine that another program owns",
    stackFile: "rehearsal/scenarios/Pulumi.vm.yaml",
    more: (deployed) => onTheMachine(deployed),
});

const REPORTING_JOB = seedId(
    LOCAL_SUBSCRIPTION_ID,
    "Microsoft.ManagedIdentity/userAssignedIdentities/reporting-job",
);

interface Workload {
    principalId: string;
    clientId: string;
}

async function onTheMachine(deployed: Deployed): Promise<SignInResult[]> {
    const service = await deployed.azure.machines.metadataUrl(SEED_MACHINE);
    const target = signInTarget(deployed.azure, deployed.outputs.host as string);
    const workloads = deployed.outputs.workloads as Record<string, Workload>;
    const results = await attemptSignIns(target, signIns(service, workloads["orders-worker"]!));
    for (const request of refusedRequests(workloads["orders-worker"]!))
        results.push(await refusal(service, request));
    return results;
}

/** By client id, by object id, by none: the machine's own (F35, F37, F38); and under the name of a group (F20, F21). */
function signIns(service: string, { clientId, principalId }: Workload): SignInAttempt[] {
    const token = (query: Query) => async () => {
        const answer = await ask(service, { query });
        if (answer.access_token) return answer.access_token;
        throw new Error(answer.error_description);
    };
    const worker = { token: token({ client_id: clientId }) };
    return [
        {
            who: "on vm-batch: orders-worker, by its client id",
            role: "orders-worker",
            database: "orders",
            ...worker,
        },
        {
            ...{
                who: "on vm-batch: orders-worker, by its object id",
                role: "orders-worker",
                database: "orders",
            },
            token: token({ object_id: principalId }),
        },
        {
            who: "on vm-batch: orders-worker, as the group",
            role: "Prod DB Readonly",
            database: "orders",
            ...worker,
        },
        { who: "on vm-batch: no identity named", role: "vm-batch", database: "analytics", token: token({}) },
        {
            ...{
                who: "on vm-batch: orders-worker, as the machine",
                role: "vm-batch",
                database: "analytics",
                ...worker,
            },
            refusal: "mismatch",
        },
        {
            ...{ who: "on vm-batch: a token for the resource API", role: "vm-batch", database: "analytics" },
            token: token({ resource: RESOURCE_MANAGER_AUDIENCE }),
            refusal: "does not have a valid audience claim",
        },
    ];
}

type Query = Record<string, string>;

interface TokenRequest {
    query?: Query;
    headers?: Record<string, string>;
}

interface RefusedRequest extends TokenRequest {
    who: string;
    text: string;
}

/** What the metadata service refuses, before any database is asked. */
function refusedRequests({ principalId }: Workload): RefusedRequest[] {
    const unknown = "Identity not found";
    return [
        {
            who: "on vm-batch: an identity that it does not have",
            query: { msi_res_id: REPORTING_JOB },
            text: unknown,
        },
        // F65: the two ids look alike.
        {
            who: "on vm-batch: an object id for a client id",
            query: { client_id: principalId },
            text: unknown,
        },
        {
            who: "on vm-batch: without the header Metadata",
            headers: {},
            text: "Required metadata header not specified",
        },
        {
            who: "on vm-batch: a forwarded request",
            headers: { Metadata: "true", "X-Forwarded-For": "203.0.113.9" },
            text: "X-Forwarded-For",
        },
        {
            who: "on vm-batch: an unknown resource",
            query: { resource: "https://example.com" },
            text: "AADSTS500011",
        },
    ];
}

async function refusal(service: string, { who, text, ...request }: RefusedRequest): Promise<SignInResult> {
    const answer = await ask(service, request);
    // The first sentence says why; ids of the request follow.
    const seen = answer.access_token ? "a token" : `refused: ${answer.error_description?.split(". ")[0]}`;
    const asExpected = seen.startsWith("refused") && seen.includes(text);
    return { who, role: "(no token)", database: "", expected: `refused: ${text}`, seen, asExpected };
}

/** F37, as a workload writes it. */
async function ask(
    service: string,
    { query = {}, headers = { Metadata: "true" } }: TokenRequest,
): Promise<{ access_token?: string; error_description?: string }> {
    const asked = new URLSearchParams({ "api-version": "2018-02-01", resource: POSTGRES_AUDIENCE, ...query });
    const response = await fetch(`${service}/metadata/identity/oauth2/token?${asked}`, { headers });
    return (await response.json()) as { access_token?: string; error_description?: string };
}
