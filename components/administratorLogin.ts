import type * as pulumi from "@pulumi/pulumi";
import { beforeUpdate, plainInput } from "./updateHook";

/**
 * Guards the login of the password administrator. Azure lets it be set once, when a server is made or when passwords are
 * first enabled; azure-native replaces the server, with all its data, for any change of it (E8). Therefore:
 * - the server ignores changes of `administratorLogin`, so that nothing can replace it on that account;
 * - hooks, which run in previews as well, stop a change instead of letting it be ignored in silence. One is on the server
 *   and compares with the login that Azure reported; one is on the component and sees a change of nothing but the login,
 *   for which the server itself, ignoring it, has no update to show.
 */

/** The value of the login that this run asks for; `undefined` where the mode has none or it is not known yet. */
export interface WantedLogin {
    serverName: string;
    resourceGroupName: string;
    login?: string;
}

/**
 * Why the server's login cannot become the wanted one, with the way out; `undefined` where it can.
 *
 * @param reported the login that the server has, as Azure reported it last
 */
export function loginChangeProblem(reported: string | undefined, wanted: WantedLogin): string | undefined {
    const { login, serverName } = wanted;
    if (login === undefined || login === reported) return undefined;
    if (reported) return changedLogin(reported, login, serverName);
    return [
        `administratorLogin is "${login}": the server '${serverName}' has no password administrator, and Pulumi could add one only by replacing the server with all its data; enable passwords once outside of Pulumi:`,
        `  1. write to body.json: {"properties": {"administratorLogin": "${login}", "administratorLoginPassword": "<the password>", "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}}}`,
        `  2. az rest --method patch --uri "/subscriptions/{subscriptionId}/resourceGroups/${wanted.resourceGroupName}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${serverName}?api-version=2025-08-01" --body @body.json`,
        "  3. delete body.json",
        "  4. pulumi refresh, then pulumi up again",
    ].join("\n");
}

function changedLogin(before: string, after: string, serverName: string): string {
    return `administratorLogin is "${after}": the server '${serverName}' has the login "${before}", which stays for its whole life; set administratorLogin back to "${before}", and make other password roles with CREATE ROLE.`;
}

/** The hook on the server. `wanted` is read when the hook runs, after all inputs of the server are known. */
export function serverLoginHook(componentName: string, wanted: Partial<WantedLogin>): pulumi.ResourceHook {
    return beforeUpdate(`azure-postgres-entra:server-login:${componentName}`, async (args) => {
        const reported = args.oldOutputs?.["administratorLogin"] ?? args.oldInputs?.["administratorLogin"];
        return loginChangeProblem(await plain(reported), {
            serverName: componentName,
            resourceGroupName: "<resource group>",
            ...wanted,
        });
    });
}

/** The hook on the component, whose own inputs hold the login. */
export function componentLoginHook(componentName: string): pulumi.ResourceHook {
    return beforeUpdate(`azure-postgres-entra:login:${componentName}`, async (args) => {
        const before = await plain(args.oldInputs?.["administratorLogin"]);
        const after = await plain(args.newInputs?.["administratorLogin"]);
        // Without a login before, only the server's hook knows what Azure has.
        if (before === undefined || after === undefined || before === after) return undefined;
        return changedLogin(before, after, (await plain(args.oldInputs?.["serverName"])) ?? componentName);
    });
}

/** The text behind a secret; `undefined` for what is no text or not known yet. */
async function plain(value: unknown): Promise<string | undefined> {
    const text = await plainInput(value);
    return typeof text === "string" && text !== "" ? text : undefined;
}
