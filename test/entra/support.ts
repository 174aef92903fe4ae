/** What the tests of the endpoint share: a running one, and requests to it. */

import type { TestContext } from "node:test";
import type { Directory } from "../../emulator/entra/directory";
import { SEED_IDS, seedDirectory } from "../../emulator/entra/seedDirectory";
import { TokenIssuer } from "../../emulator/entra/tokenIssuer";
import { KEY_HEADER, LocalAzureEndpoint, type EndpointOptions } from "../../emulator/endpoint";
import { Faults } from "../../emulator/faults";

export const SERVER_HOST = "pg-local.postgres.database.azure.com";

export interface Running {
    endpoint: LocalAzureEndpoint;
    directory: Directory;
    issuer: TokenIssuer;
    faults: Faults;
    /** GET, or POST where there is a body; with the key unless headers are given. */
    call(
        path: string,
        options?: { body?: unknown; headers?: Record<string, string>; method?: string },
    ): Promise<Answer>;
}

export interface Answer {
    status: number;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the endpoint answers
    body: any;
    headers: Headers;
}

/** An endpoint on the seed tenant; closed when the test ends. */
export async function runEndpoint(
    test: TestContext,
    changes: Partial<EndpointOptions> = {},
): Promise<Running> {
    const directory = seedDirectory();
    const faults = new Faults();
    const issuer = await TokenIssuer.create(directory, { faults });
    const endpoint = await LocalAzureEndpoint.start({
        directory,
        issuer,
        version: "1.2.3",
        caFile: "/certificates/ca.pem",
        metadataUrl: () => Promise.reject(new Error("there are no machines here")),
        defaultIdentity: SEED_IDS.deployer,
        resolve: (host) => (host === SERVER_HOST ? { address: "127.0.0.1", port: 6432 } : undefined),
        faults,
        ...changes,
    });
    test.after(() => endpoint.close());
    const call: Running["call"] = async (path, options = {}) => {
        const response = await fetch(endpoint.url + path, {
            method: options.method ?? (options.body === undefined ? "GET" : "POST"),
            headers: options.headers ?? { [KEY_HEADER]: endpoint.key },
            ...(options.body !== undefined && {
                body: typeof options.body === "string" ? options.body : JSON.stringify(options.body),
            }),
        });
        return { status: response.status, body: await response.json(), headers: response.headers };
    };
    return { endpoint, directory, issuer, faults, call };
}
