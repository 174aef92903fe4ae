/**
 * Access tokens for PostgreSQL. One is asked for at every new connection (F17): the library keeps what is still valid,
 * and a token that expired during a long deployment is never used (E14). Nothing here stores, logs or shows a token.
 */
import { readFile } from "node:fs/promises";
import type { TokenCredential } from "@azure/identity";
import { cloudEndpoints, tokenScope } from "../clouds";
import { armIdentity, requestFederatedToken, type ArmIdentity, type OidcToken } from "./armIdentity";
import { isLoopback } from "./connectionArgs";
import { SignInError } from "./errors";

/** Gives the password for a new connection. */
export type TokenSource = (cloud: string, signal?: AbortSignal) => Promise<string>;

/**
 * The identity that runs the program: that of Pulumi's Azure provider (`ARM_…`), else by Azure's default chain.
 *
 * @param scopeOf what the tokens are for. Default: PostgreSQL in the cloud
 */
export function azureTokens(
    environment: NodeJS.ProcessEnv = process.env,
    scopeOf: (cloud: string) => string = tokenScope,
): TokenSource {
    const credentials = new Map<boolean, TokenCredential>();
    return async (cloud, signal) => {
        const local = cloud === "Local";
        if (local) checkLocalIdentity(environment);
        let credential = credentials.get(local);
        if (!credential) credentials.set(local, (credential = newCredential(local, cloud, environment)));
        const scope = scopeOf(cloud);
        const token = await credential.getToken(scope, { abortSignal: signal }).catch((error: unknown) => {
            throw noToken(error, scope);
        });
        if (!token) throw noToken(new Error("the answer was empty"), scope);
        return token.token;
    };
}

/**
 * The same identity's credential, for another service of the same cloud, such as Microsoft Graph.
 *
 * @throws SignInError where cloud Local is asked for and no local Azure is in the environment.
 */
export function azureCredential(
    cloud: string,
    environment: NodeJS.ProcessEnv = process.env,
): TokenCredential {
    const local = cloud === "Local";
    if (local) checkLocalIdentity(environment);
    return newCredential(local, cloud, environment);
}

/**
 * Loaded on the first connection: the library is large, and most plugin processes of a preview need none of it. Not by `import()`:
 * its files for CommonJS load in half the time.
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const identityLibrary = () => require("@azure/identity") as typeof import("@azure/identity");

function newCredential(local: boolean, cloud: string, environment: NodeJS.ProcessEnv): TokenCredential {
    const identity = identityLibrary();
    // Locally only the local metadata service is asked: no other credential of this machine may reach a stand-in.
    if (local) {
        const clientId = environment["AZURE_CLIENT_ID"];
        return clientId
            ? new identity.ManagedIdentityCredential({ clientId })
            : new identity.ManagedIdentityCredential();
    }
    return cloudCredential(identity, armIdentity(environment), authorityHost(cloud, environment));
}

function cloudCredential(
    identity: ReturnType<typeof identityLibrary>,
    arm: ArmIdentity,
    authorityHost: string | undefined,
): TokenCredential {
    const options = { authorityHost };
    switch (arm.kind) {
        case "Oidc":
            return new identity.ClientAssertionCredential(
                arm.tenantId,
                arm.clientId,
                () => assertion(arm.token),
                options,
            );
        case "Certificate": {
            const certificate = { certificatePath: arm.path, certificatePassword: arm.password };
            return new identity.ClientCertificateCredential(arm.tenantId, arm.clientId, certificate, options);
        }
        case "Secret":
            return new identity.ClientSecretCredential(arm.tenantId, arm.clientId, arm.secret, options);
        case "ManagedIdentity":
            return arm.clientId
                ? new identity.ManagedIdentityCredential({ clientId: arm.clientId })
                : new identity.ManagedIdentityCredential();
        case "Default":
            return new identity.DefaultAzureCredential(options);
    }
}

async function assertion(token: OidcToken): Promise<string> {
    if (token.from === "value") return token.value;
    return token.from === "file" ? (await readFile(token.path, "utf8")).trim() : requestFederatedToken(token);
}

/** What the environment says counts more than the cloud's default. */
function authorityHost(cloud: string, environment: NodeJS.ProcessEnv): string | undefined {
    return environment["AZURE_AUTHORITY_HOST"] ?? cloudEndpoints(cloud).authorityHost;
}

function checkLocalIdentity(environment: NodeJS.ProcessEnv): void {
    const url = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? environment["IDENTITY_ENDPOINT"];
    if (url && URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ""))) return;
    throw new SignInError(
        "cloud Local takes tokens from the local Azure only, but no local metadata service is set in the environment (AZURE_POD_IDENTITY_AUTHORITY_HOST or IDENTITY_ENDPOINT on 127.0.0.1); run the deployment with npm run local",
    );
}

function noToken(error: unknown, scope: string): SignInError {
    const cause = error instanceof Error ? error.message : String(error);
    return new SignInError(
        `no access token for ${scope}: ${cause}; sign in with 'az login', or give the environment of a service principal or managed identity`,
        { cause: error },
    );
}
