/**
 * Ids for `pulumi import`: `postgres://<administrator's role>@<host>[:port]/<object id, or role name>`, with
 * `?cloud=…&address=…` where needed. The role names are written as in URLs (`ada%40contoso.com`, `Prod%20DB%20Readonly`).
 */
import { isGuid } from "../names";
import { checkConnection, type ConnectionArgs } from "./connectionArgs";

const FORM =
    "postgres://<administrator's role>@<host>/<object id or role name>, for instance postgres://DBA@pg-prod.postgres.database.azure.com/Prod%20DB%20Readonly";

/** @throws Error that shows the form. */
export function parseImportId(id: string): { connection: ConnectionArgs; objectId?: string; name?: string } {
    const refuse = (why: string) => new Error(`'${id}' cannot be imported: ${why}; write ${FORM}`);
    if (!URL.canParse(id) || new URL(id).protocol !== "postgres:")
        throw refuse("it does not say which server");
    const url = new URL(id);
    let user: string, role: string;
    try {
        user = decodeURIComponent(url.username);
        role = decodeURIComponent(url.pathname.slice(1));
    } catch {
        throw refuse("it is no valid URL");
    }
    if (url.password) throw refuse("there is no password: the identity that runs Pulumi signs in");
    if (!role) throw refuse("the role is missing");
    const connection: ConnectionArgs = {
        host: url.hostname,
        user,
        ...(url.port ? { port: Number(url.port) } : {}),
        ...(Object.fromEntries(url.searchParams) as Partial<ConnectionArgs>),
    };
    const [failure] = checkConnection(connection);
    if (failure) throw refuse(failure.reason);
    return isGuid(role) ? { connection, objectId: role } : { connection, name: role };
}
