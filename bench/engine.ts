/** A set through the real engine: `pulumi up` and a preview without changes, beside the same set on a provider that does nothing. */
import assert from "node:assert/strict";
import { serveProvider } from "../components/provider/grpcServer";
import type { ResourceProvider } from "../components/provider/resourceProvider";
import { findInstalledPulumi } from "../rehearsal/pulumiCli";
import { CliProject } from "../test/cli/cliProject";
import type { Running } from "../test/provider/running";
import { NothingProvider } from "./nothingProvider";
import { median, rounded, type Line } from "./rows";

const SIZE = 1_000;
/** Each by turns, so that whatever else the machine does meets both. */
const ROUNDS = 3;

const PROGRAM = `
import { readFileSync } from "node:fs";
import { DatabasePrincipalSet } from "./components/databasePrincipalSet";
new DatabasePrincipalSet("people", JSON.parse(readFileSync(process.env.SET!, "utf8")));
`;

interface Times {
    up: number[];
    preview: number[];
}

/** Empty, and says why, where no Pulumi CLI is installed. */
export async function engineLines(local: Running, progress: (text: string) => void): Promise<Line[]> {
    const cli = findInstalledPulumi();
    if (cli === undefined) {
        progress("left out: pulumi up and preview, as no Pulumi CLI is installed");
        return [];
    }
    const set = { connection: local.connection(), principals: principals(local) };
    const subjects = await Promise.all(
        [local.provider(60_000), new NothingProvider()].map((provider) => Engine.start(cli, provider, set)),
    );
    try {
        for (let round = 0; round < ROUNDS; round++) for (const subject of subjects) await subject.round();
    } finally {
        await Promise.all(subjects.map((subject) => subject.stop()));
    }
    const [ours, nothing] = subjects.map(({ times }) => times) as [Times, Times];
    return (["up", "preview"] as const).map((command) => {
        const [own, other] = [median(ours[command]), median(nothing[command])];
        const name = command === "up" ? "pulumi up" : "pulumi preview without changes";
        return {
            what: `${name}, ${SIZE.toLocaleString("en-US")} principals in a set, above a provider that does nothing`,
            value: `${rounded((own - other) / 1000)} s (${rounded(own / 1000)} s, ${rounded(other / 1000)} s)`,
        };
    });
}

function principals(local: Running): Record<string, unknown> {
    const names = Array.from({ length: SIZE }, (_, index) => `engine ${index}`);
    return Object.fromEntries(
        names.map((name) => [name, { principalType: "ServicePrincipal", objectId: local.identity(name) }]),
    );
}

/** One provider, attached to the engine for a project of its own. */
class Engine {
    readonly times: Times = { up: [], preview: [] };

    private constructor(
        private readonly project: CliProject,
        private readonly close: () => Promise<void>,
    ) {}

    static async start(cli: string, provider: ResourceProvider, set: unknown): Promise<Engine> {
        const served = await serveProvider(provider);
        const project = new CliProject(cli, PROGRAM, { [provider.name]: served.port });
        const engine = new Engine(project, () => served.close());
        project.write("set.json", JSON.stringify(set));
        await engine.#run("stack", "init", "bench");
        return engine;
    }

    async round(): Promise<void> {
        this.times.up.push(await this.#run("up", "--yes"));
        this.times.preview.push(await this.#run("preview", "--expect-no-changes"));
        await this.#run("destroy", "--yes", "--skip-preview");
    }

    /** @returns milliseconds. */
    async #run(...words: string[]): Promise<number> {
        const start = performance.now();
        const { code, output } = await this.project.run(words, { SET: this.project.path("set.json") });
        assert.equal(code, 0, output);
        return performance.now() - start;
    }

    async stop(): Promise<void> {
        this.project.remove();
        await this.close();
    }
}
