/**
 * The identity that Pulumi's Azure provider is given by its `ARM_…` variables. The database sign-in takes the same one, so that
 * one setting serves both the resource API and SQL. Pure, but for the request of a federated token.
 */

type Environment = Record<string, string | undefined>;

export type ArmIdentity =
    | { kind: "Oidc"; tenantId: string; clientId: string; token: OidcToken }
    | { kind: "Certificate"; tenantId: string; clientId: string; path: string; password?: string }
    | { kind: "Secret"; tenantId: string; clientId: string; secret: string }
    | { kind: "ManagedIdentity"; clientId?: string }
    /** None is said: Azure's own chain decides (environment, workload identity, managed identity, az and so on). */
    | { kind: "Default" };

/** Where a federated token comes from: itself, a file, or the pipeline's service. */
export type OidcToken =
    | { from: "value"; value: string }
    | { from: "file"; path: string }
    | { from: "request"; url: string; requestToken: string; audience: string };

const OIDC_AUDIENCE = "api://AzureADTokenExchange";

/** In the order in which Pulumi's Azure provider looks at them. */
export function armIdentity(environment: Environment): ArmIdentity {
    if (isOn(environment["ARM_USE_DEFAULT_AZURE_CREDENTIAL"])) return { kind: "Default" };
    const clientId = environment["ARM_CLIENT_ID"];
    const application = applicationIdentity(environment, clientId, environment["ARM_TENANT_ID"]);
    if (application) return application;
    return isOn(environment["ARM_USE_MSI"]) ? { kind: "ManagedIdentity", clientId } : { kind: "Default" };
}

function applicationIdentity(
    environment: Environment,
    clientId: string | undefined,
    tenantId: string | undefined,
): ArmIdentity | undefined {
    if (!clientId || !tenantId) return undefined;
    const path = environment["ARM_CLIENT_CERTIFICATE_PATH"];
    const password = environment["ARM_CLIENT_CERTIFICATE_PASSWORD"];
    if (path) return { kind: "Certificate", tenantId, clientId, path, password };
    const secret = environment["ARM_CLIENT_SECRET"];
    if (secret) return { kind: "Secret", tenantId, clientId, secret };
    const token = isOn(environment["ARM_USE_OIDC"]) ? oidcToken(environment) : undefined;
    return token && { kind: "Oidc", tenantId, clientId, token };
}

function isOn(value: string | undefined): boolean {
    return value === "true";
}

function oidcToken(environment: Environment): OidcToken | undefined {
    const value = environment["ARM_OIDC_TOKEN"];
    if (value) return { from: "value", value };
    const path = environment["ARM_OIDC_TOKEN_FILE_PATH"];
    if (path) return { from: "file", path };
    const url = environment["ARM_OIDC_REQUEST_URL"] ?? environment["ACTIONS_ID_TOKEN_REQUEST_URL"];
    const requestToken =
        environment["ARM_OIDC_REQUEST_TOKEN"] ?? environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    if (!url || !requestToken) return undefined;
    return {
        from: "request",
        url,
        requestToken,
        audience: environment["ARM_OIDC_AUDIENCE"] ?? OIDC_AUDIENCE,
    };
}

/**
 * Asks a pipeline's service for a federated token, as GitHub Actions and Azure Pipelines offer it. Asked anew each time: it lives
 * for minutes only.
 *
 * @throws Error with the status; never with a token.
 */
export async function requestFederatedToken(request: OidcToken & { from: "request" }): Promise<string> {
    const url = new URL(request.url);
    url.searchParams.set("audience", request.audience);
    const response = await fetch(url, {
        headers: { authorization: `Bearer ${request.requestToken}`, accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(30_000),
    });
    const body = (response.ok ? await response.json() : {}) as { value?: unknown };
    if (typeof body.value === "string") return body.value;
    throw new Error(
        `the pipeline's token service ${url.origin} answered ${response.status} and gave no token`,
    );
}
