/** The OData options of a Graph read: `$select`, `$top` and the paging token. What else there is is refused by name. */

import type { DirectoryObject } from "../entra/directoryObject";
import { HttpError, type Reply } from "../endpoint/http";
import type { RestCall } from "../rest/restServer";
import { graphObject, graphProperties, type GraphType } from "./graphObjects";

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 999;

/** Which types a route may give, and what stands behind `$metadata#`. */
export interface Collection {
    types: readonly GraphType[];
    context: string;
}

/** @throws HttpError for an option that is not served, or has a wrong value. */
export function select(call: RestCall, types: readonly GraphType[]): string[] | undefined {
    const text = call.request.query.get("$select");
    if (text === null) return undefined;
    const names = text.split(",").map((name) => name.trim());
    const known = graphProperties(types);
    const unknown = names.find((name) => !known.has(name));
    if (unknown === undefined) return names;
    const type = types.length === 1 ? types[0] : "directoryObject";
    const message = `Could not find a property named '${unknown}' on type 'microsoft.graph.${type}'.`;
    throw new HttpError(400, "BadRequest", message);
}

export function refuseOtherOptions(call: RestCall, served: readonly string[]): void {
    const other = [...call.request.query.keys()].find((name) => !served.includes(name));
    if (other === undefined) return;
    const list = served.join(", ") || "no options";
    const message = `The local Azure does not serve the query option '${other}' here. Served: ${list}.`;
    throw new HttpError(400, "Request_UnsupportedQuery", message);
}

/** One page of the objects, with the link to the next one. */
export function page(call: RestCall, objects: readonly DirectoryObject[], collection: Collection): Reply {
    refuseOtherOptions(call, ["$select", "$top", "$skiptoken"]);
    const { query, path } = call.request;
    const chosen = select(call, collection.types);
    const size = pageSize(query.get("$top"));
    const start = startOf(query.get("$skiptoken"));
    const value = objects
        .slice(start, start + size)
        .map((object) => graphObject(object, chosen, collection.types.length > 1));
    const next = start + size < objects.length && nextLink(`${call.baseUrl}${path}`, query, start + size);
    const context = `${call.baseUrl}/v1.0/$metadata#${collection.context}`;
    return {
        status: 200,
        body: { "@odata.context": context, ...(next && { "@odata.nextLink": next }), value },
    };
}

function nextLink(url: string, query: URLSearchParams, start: number): string {
    const next = new URL(url);
    for (const name of ["$select", "$top"]) {
        const value = query.get(name);
        if (value !== null) next.searchParams.set(name, value);
    }
    next.searchParams.set("$skiptoken", Buffer.from(String(start)).toString("base64url"));
    return next.toString();
}

function pageSize(text: string | null): number {
    if (text === null) return DEFAULT_PAGE;
    const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (size >= 1 && size <= LARGEST_PAGE) return size;
    const message = `Invalid page size specified: '${text}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`;
    throw new HttpError(400, "Request_UnsupportedQuery", message);
}

function startOf(token: string | null): number {
    const start = token === null ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
    if (Number.isSafeInteger(start) && start >= 0) return start;
    throw new HttpError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.");
}
