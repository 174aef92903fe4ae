/**
 * Ids for `pulumi import`: `postgres://<administrator's role>@<host>[:port]/<object id, or role name>`, for a set
 * several of them separated by commas, with `?cloud=…&address=…` where needed. The role names are written as in URLs (`ada%40contoso.com`, `Prod%20DB%20Readonly`).
 */
import { cloudEndpoints } from "../clouds";
import { isGuid } from "../names";
import { checkConnection, type ConnectionArgs } from "./connectionArgs";

const FORM = `postgres://<administrator's role>@<host>/<object id or role name>, for instance postgres://DBA@pg-prod.${cloudEndpoints().hostSuffix}/Prod%20DB%20Readonly`;

/** A role to import, by one of the two. */
export interface ImportedRole {
    objectId?: string;
    name?: string;
}

/** @throws Error that shows the form. */
export function parseImportId(id: string): { connection: ConnectionArgs; role: ImportedRole } {
    const { connection, path } = parse(id);
    return { connection, role: decodeRole(id, path) };
}

/** @throws Error that shows the form. A comma in a role's name is written `%2C`. */
export function parseSetImportId(id: string): { connection: ConnectionArgs; roles: ImportedRole[] } {
    const { connection, path } = parse(id);
    return { connection, roles: path.split(",").map((part) => decodeRole(id, part)) };
}

const refusal = (id: string, why: string) => new Error(`'${id}' cannot be imported: ${why}; write ${FORM}`);

function parse(id: string): { connection: ConnectionArgs; path: string } {
    if (!URL.canParse(id) || new URL(id).protocol !== "postgres:")
        throw refusal(id, "it does not say which server");
    const url = new URL(id);
    if (url.password) throw refusal(id, "there is no password: the identity that runs Pulumi signs in");
    const connection: ConnectionArgs = {
        host: url.hostname,
        user: decode(id, url.username),
        ...(url.port ? { port: Number(url.port) } : {}),
        ...(Object.fromEntries(url.searchParams) as Partial<ConnectionArgs>),
    };
    const [failure] = checkConnection(connection);
    if (failure) throw refusal(id, failure.reason);
    return { connection, path: url.pathname.slice(1) };
}

function decode(id: string, text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        throw refusal(id, "it is no valid URL");
    }
}

function decodeRole(id: string, text: string): ImportedRole {
    const role = decode(id, text);
    if (!role) throw refusal(id, "the role is missing");
    return isGuid(role) ? { objectId: role.toLowerCase() } : { name: role };
}
