import { serveProvider } from "../components/provider/grpcServer";
import { Closers } from "../emulator/closers";
import { readEndpointFile } from "../emulator/endpoint";
import { LocalAzure } from "../emulator/localAzure";
import { removeProviders, runningSession, writeProviders, type LocalSession } from "./localSession";
import { Progress } from "./terminal";

/** A local Azure whose data stays. */
export interface KeptAzure {
    stateFolder: string;
    /** What must be there before anybody deploys. */
    prepare?: (azure: LocalAzure) => Promise<void> | void;
}

/** Runs with the local Azure that is there, or with one for this command alone. */
export async function withSession<T>(
    kept: KeptAzure,
    work: (session: LocalSession) => Promise<T>,
): Promise<T> {
    const running = await runningSession(kept.stateFolder);
    if (running) return work(running);
    const own = await startSession(kept);
    try {
        return await work(own.session);
    } finally {
        await own.stop();
    }
}

/** Starts the local Azure on its kept data, in this process. The caller stops it. */
export async function startSession({ stateFolder, prepare }: KeptAzure) {
    const progress = new Progress();
    const closers = new Closers();
    const stop = () => closers.closeAll();
    progress.begin("starting the local Azure");
    try {
        const azure = await LocalAzure.start({ stateFolder });
        closers.add(() => azure.stop());
        await prepare?.(azure);
        const ports: string[] = [];
        for (const provider of azure.providers()) {
            const server = await serveProvider(provider);
            closers.add(() => server.close());
            ports.push(`${provider.name}:${server.port}`);
        }
        const endpoint = readEndpointFile(azure.endpointFile);
        const debugProviders = ports.join(",");
        writeProviders(stateFolder, endpoint, debugProviders);
        closers.add(() => removeProviders(stateFolder));
        return { azure, session: { ...endpoint, debugProviders } satisfies LocalSession, stop };
    } catch (error) {
        await stop().catch(() => undefined);
        throw error;
    } finally {
        progress.end("starting the local Azure");
    }
}
