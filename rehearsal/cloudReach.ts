import { readEndpointFile } from "../emulator/endpoint";
import { metadataEnvironment, useEnvironment } from "../emulator/endpoint/environment";
import { keptFolder } from "../emulator/postgres/cacheFolder";
import { endpointFileOf } from "./localSession";
import { withSession } from "./ownSession";
import { PROJECT_FOLDER } from "./stackFile";

/**
 * Runs with the cloud in reach. For the local Azure: the one that the environment names, else the one that runs in the foreground,
 * else one for this work alone, on the kept data.
 */
export async function withCloud<T>(cloud: string, work: () => Promise<T>): Promise<T> {
    if (cloud !== "Local") return work();
    const named = process.env.LOCAL_AZURE_ENDPOINT;
    if (named) {
        // Whoever names an identity service there means the identity too.
        const { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata, IDENTITY_ENDPOINT: appService } = process.env;
        if (!metadata && !appService) setEnvironment(readEndpointFile(named).url, named);
        return work();
    }
    const stateFolder = await keptFolder(PROJECT_FOLDER);
    return withSession({ stateFolder }, (session) => {
        setEnvironment(session.url, endpointFileOf(stateFolder));
        return work();
    });
}

/** Azure's libraries look for their identity in the process's own environment. */
function setEnvironment(url: string, endpointFile: string): void {
    useEnvironment({ ...metadataEnvironment(url, process.env), LOCAL_AZURE_ENDPOINT: endpointFile });
}
