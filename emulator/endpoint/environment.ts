/** The environment in which Azure's client libraries find the local Azure, and nothing else. */

export type Environment = Record<string, string | undefined>;

/**
 * Every other way to an identity, which a person's environment may hold. Taken away, else a client library would ask
 * the real Entra first, or ask the local one for an identity of the real one.
 */
const OTHER_WAYS: readonly string[] = [
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_TENANT_ID",
    "AZURE_USERNAME",
    "AZURE_PASSWORD",
    "AZURE_AUTHORITY_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
];

/** As on a virtual machine. `undefined` means: take the variable away. */
export function metadataEnvironment(url: string, own: Environment): Environment {
    return { ...common(own), AZURE_POD_IDENTITY_AUTHORITY_HOST: url };
}

/** As in App Service. `undefined` means: take the variable away. */
export function appServiceEnvironment(
    url: string,
    path: string,
    secret: string,
    own: Environment,
): Environment {
    return { ...common(own), IDENTITY_ENDPOINT: url + path, IDENTITY_HEADER: secret };
}

function common(own: Environment): Environment {
    const noProxy = [own["NO_PROXY"] ?? own["no_proxy"], "127.0.0.1", "localhost"].filter(Boolean).join(",");
    return {
        ...Object.fromEntries(OTHER_WAYS.map((name) => [name, undefined])),
        AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
        NO_PROXY: noProxy,
        no_proxy: noProxy,
    };
}

/** Makes it the environment of this process, for a program and providers that run in it. */
export function useEnvironment(environment: Environment): void {
    for (const [name, value] of Object.entries(environment)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
}
