/** Reads of Microsoft Graph: by the HTTP pipeline of Azure's own libraries, which waits where Graph throttles and asks again. */

import {
    bearerTokenAuthenticationPolicy,
    createDefaultHttpClient,
    createHttpHeaders,
    createPipelineFromOptions,
    createPipelineRequest,
    type HttpClient,
    type Pipeline,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { PrincipalKind } from "../../../components/provider/label";
import type { DirectoryIdentity } from "../snapshot";

export interface GraphClientOptions {
    /** For instance `https://graph.microsoft.com`. */
    url: string;
    /** What its tokens are for. Default: the url. */
    audience?: string;
    credential: TokenCredential;
    /** PEM certificates to trust instead of the system's; for the local Azure alone. */
    ca?: string;
}

/** Graph answered, and said no. `status` 403: the identity lacks a permission. */
export class GraphRefusal extends Error {
    override readonly name = "GraphRefusal";
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(`Microsoft Graph answered ${status} ${code}: ${message}`);
    }
}

/** As many ids as one call takes. */
const MOST_IDS = 1000;
const LARGEST_PAGE = 999;
const MOST_RETRIES = 5;
/** For one answer; a network that swallows everything is given up after it. */
const TIMEOUT_MILLISECONDS = 30_000;

const KINDS: Record<string, PrincipalKind> = {
    "#microsoft.graph.user": "User",
    "#microsoft.graph.group": "Group",
    "#microsoft.graph.servicePrincipal": "ServicePrincipal",
};

interface GraphObject {
    "@odata.type"?: string;
    id: string;
    displayName?: string | null;
    userPrincipalName?: string | null;
}

interface GraphPage {
    value: GraphObject[];
    "@odata.nextLink"?: string;
}

export class GraphClient {
    readonly #url: string;
    readonly #pipeline: Pipeline;
    readonly #http: HttpClient = createDefaultHttpClient();

    constructor({ url, audience = url, credential, ca }: GraphClientOptions) {
        this.#url = url;
        this.#pipeline = createPipelineFromOptions({
            retryOptions: { maxRetries: MOST_RETRIES },
            tlsOptions: ca === undefined ? undefined : { ca },
            userAgentOptions: { userAgentPrefix: "azure-postgres-entra-access-report" },
        });
        const scopes = [`${audience}/.default`];
        this.#pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: "Sign" });
    }

    /**
     * Those of the object ids that exist; the others are left out.
     *
     * @throws GraphRefusal, or the error of the network or the credential
     */
    async existing(objectIds: readonly string[]): Promise<DirectoryIdentity[]> {
        const found: DirectoryIdentity[] = [];
        for (let start = 0; start < objectIds.length; start += MOST_IDS) {
            const body = {
                ids: objectIds.slice(start, start + MOST_IDS),
                types: ["user", "group", "servicePrincipal"],
            };
            found.push(...(await this.#pages("/v1.0/directoryObjects/getByIds", body)));
        }
        return found;
    }

    /** Everybody in a group, directly or through other groups. `undefined`: there is no such group. Throws as `existing`. */
    async membersOf(groupId: string): Promise<DirectoryIdentity[] | undefined> {
        const path = `/v1.0/groups/${encodeURIComponent(groupId)}/transitiveMembers`;
        try {
            return await this.#pages(`${path}?$select=id,displayName,userPrincipalName&$top=${LARGEST_PAGE}`);
        } catch (error) {
            if (error instanceof GraphRefusal && error.status === 404) return undefined;
            throw error;
        }
    }

    async #pages(path: string, body?: object): Promise<DirectoryIdentity[]> {
        const found: DirectoryIdentity[] = [];
        let url: string | undefined = `${this.#url}${path}`;
        while (url !== undefined) {
            const page: GraphPage = await this.#send(url, body);
            found.push(...page.value.map(identity));
            url = page["@odata.nextLink"];
            // The token goes where it is meant to, whatever a link says.
            if (url !== undefined && new URL(url).origin !== new URL(this.#url).origin)
                throw new Error(`Microsoft Graph links to another host: ${new URL(url).origin}`);
        }
        return found;
    }

    async #send(url: string, body: object | undefined): Promise<GraphPage> {
        const request = createPipelineRequest({
            url,
            method: body ? "POST" : "GET",
            body: body && JSON.stringify(body),
            headers: createHttpHeaders({
                accept: "application/json",
                ...(body && { "content-type": "application/json" }),
            }),
            timeout: TIMEOUT_MILLISECONDS,
        });
        const { status, bodyAsText } = await this.#pipeline.sendRequest(this.#http, request);
        if (status === 200) return JSON.parse(bodyAsText ?? "") as GraphPage;
        throw refusal(status, bodyAsText ?? "");
    }
}

function identity(object: GraphObject): DirectoryIdentity {
    return {
        objectId: object.id.toLowerCase(),
        kind: KINDS[object["@odata.type"] ?? ""],
        displayName: object.displayName ?? null,
        userPrincipalName: object.userPrincipalName ?? null,
    };
}

function refusal(status: number, text: string): GraphRefusal {
    let error: { code?: unknown; message?: unknown } = {};
    try {
        error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
    } catch {
        // A proxy in between answers in its own words.
    }
    const { code, message } = error;
    return new GraphRefusal(
        status,
        typeof code === "string" ? code : "",
        typeof message === "string" ? message : text.slice(0, 200),
    );
}
