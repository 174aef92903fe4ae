/** The package's plugin as a process of its own, as the engine starts it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { ProviderClient } from "../provider/grpcClient";

const PLUGIN = path.join(__dirname, "..", "..", "components", "plugin.js");

export class PluginProcess {
    private constructor(
        readonly process: ChildProcess,
        readonly client: ProviderClient,
    ) {}

    /** It finds the local Azure by the environment of this process. */
    static async start(): Promise<PluginProcess> {
        const child = spawn(process.execPath, [PLUGIN], { stdio: ["ignore", "pipe", "inherit"] });
        const [line] = (await Promise.race([
            once(createInterface(child.stdout), "line"),
            once(child, "exit").then(([code]) => {
                throw new Error(`the plugin ended with ${String(code)} before it served`);
            }),
        ])) as [string];
        return new PluginProcess(child, new ProviderClient(Number(line)));
    }

    /** Ends it as the engine does, or takes note that it is dead. */
    async end(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
        this.client.close();
        const { exitCode, signalCode } = this.process;
        if (exitCode === null && signalCode === null) {
            const exit = once(this.process, "exit");
            this.process.kill("SIGTERM");
            await exit;
        }
        return { code: this.process.exitCode, signal: this.process.signalCode };
    }
}
