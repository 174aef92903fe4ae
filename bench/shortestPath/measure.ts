/**
 * Deploys the stack `local`, with more databases and parameters, on a local Azure whose operations take as long as Azure's, on a virtual
 * clock. Started as a program of its own it prints what it measured as JSON.
 */
import { AzurePostgresEntraProvider } from "../../components/provider/provider";
import { LOCAL_STACK } from "../../emulator/localProvider";
import { LocalAzure } from "../../emulator/localAzure";
import { deploy } from "../../rehearsal/deployment";
import { configText, projectName, stackFileConfig } from "../../rehearsal/stackFile";
import { forcedPath, type Operation } from "./forcedPath";
import { VirtualClock } from "./virtualClock";
import { useEnvironment } from "../../emulator/endpoint/environment";

/** Seconds by type. The four on a server are the issue's; the network's are assumed, to show what runs beside what. */
const SECONDS: Record<string, number> = {
    "dbforpostgresql:Server": 300,
    "dbforpostgresql:AdministratorsMicrosoftEntra": 40,
    "dbforpostgresql:Configuration": 20,
    "dbforpostgresql:Database": 10,
    "resources:ResourceGroup": 2,
    "network:VirtualNetwork": 5,
    "network:NetworkSecurityGroup": 5,
    "network:SecurityRule": 5,
    "network:RouteTable": 5,
    "network:Route": 5,
    "network:Subnet": 5,
    "privatedns:PrivateZone": 35,
    "privatedns:VirtualNetworkLink": 35,
};

/** An operation with its time, in virtual milliseconds from the beginning. */
export interface Span extends Operation {
    start: number;
    end: number;
}

export interface ShortestPath {
    spans: Span[];
    /** Length of the deployment as it ran, and as Azure's rules force it, in virtual milliseconds. */
    measured: number;
    forced: number;
    /** Names on the longest path. */
    path: string[];
    /** What it would take with one operation after another. */
    sequential: number;
}

const PARAMETERS = { log_connections: "on", log_disconnections: "on", log_lock_waits: "on" };
const DATABASES = ["orders", "billing", "analytics", "archive", "audit"];

/** @throws Error with the first failure of the deployment */
async function measureShortestPath(): Promise<ShortestPath> {
    let underWay = 0;
    const clock = new VirtualClock(() => underWay);
    const azure = await LocalAzure.start({ sleep: clock.sleep });
    const ours = new AzurePostgresEntraProvider();
    const spans = new Map<string, Span>();
    try {
        for (const [type, seconds] of Object.entries(SECONDS))
            azure.faults.add({
                kind: "Latency",
                target: `azure-native:${type}`,
                share: 1,
                milliseconds: seconds * 1000,
            });
        azure.api.onProgress(({ phase, id, token }) => {
            const type = token.replace("azure-native:", "");
            const duration = (SECONDS[type] ?? 0) * 1000;
            const [name, start] = [id.split("/").at(-1)!, clock.now];
            if (phase === "started")
                spans.set(id, { type: type.split(":")[1]!, name, duration, start, end: start });
            if (phase === "finished") spans.get(id)!.end = clock.now;
        });
        useEnvironment(azure.environment());
        await deploy({
            project: projectName(),
            stack: LOCAL_STACK,
            config: configuration(),
            providers: [...azure.providers(), ours],
            program: async () => (await import("../../index.js")).default(),
            onEvent: ({ kind }) => (underWay += kind === "creating" ? 1 : kind === "retrying" ? 0 : -1),
        });
    } finally {
        clock.stop();
        await ours.close();
        await azure.stop();
    }
    return summary([...spans.values()]);
}

function summary(spans: Span[]): ShortestPath {
    const { length, path } = forcedPath(spans);
    return {
        spans,
        measured: Math.max(...spans.map(({ end }) => end)),
        forced: length,
        path: path.map(({ name }) => name),
        sequential: spans.reduce((sum, { duration }) => sum + duration, 0),
    };
}

function configuration(): Record<string, string> {
    const [project, local] = [projectName(), stackFileConfig(LOCAL_STACK)];
    const changed = (key: string, change: (value: never) => unknown) => ({
        [`${project}:${key}`]: configText(change(JSON.parse(local[`${project}:${key}`]!) as never)),
    });
    return {
        ...local,
        ...changed("server", (server: object) => ({ ...server, parameters: PARAMETERS })),
        ...changed("databases", (given: { name: string }[]) => [
            ...given,
            ...DATABASES.filter((name) => !given.some((d) => d.name === name)).map((name) => ({ name })),
        ]),
    };
}

if (require.main === module) {
    measureShortestPath().then(
        (measured) => process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0)),
        (error: Error) => {
            process.stderr.write(`${error.stack ?? error.message}\n`);
            process.exit(1);
        },
    );
}
