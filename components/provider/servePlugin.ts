/** The package as a plugin process: the port is the first and only line on stdout, by which the engine finds it. */
import { serveProvider } from "./grpcServer";
import type { ResourceProvider } from "./resourceProvider";

/** How often a plugin looks whether the process that started it still lives, in milliseconds. */
const PARENT_CHECK = 2_000;

/** Serves until the engine ends the process; the process also ends itself when its parent is gone. */
export async function servePlugin(
    provider: ResourceProvider,
    args: string[] = process.argv.slice(2),
): Promise<void> {
    const engineAddress = args.find((arg) => !arg.startsWith("-"));
    const served = await serveProvider(provider, { engineAddress, components: true });
    process.stdout.write(`${served.port}\n`);
    let ending = false;
    const end = () => {
        if (ending) return;
        ending = true;
        void served.close().finally(() => process.exit());
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
    // An engine that was killed cannot end its plugins, and a plugin holds database connections.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && end(), PARENT_CHECK).unref();
}
