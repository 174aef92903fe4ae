import * as pulumi from "@pulumi/pulumi";
import { getAdministratorsMicrosoftEntra } from "@pulumi/azure-native/dbforpostgresql";
import { AuthMode, type AuthConfig } from "./authMode";
import { beforeUpdate, plainInput } from "./updateHook";

/**
 * Guards changes after which nobody could let anybody in: a server that is left to Microsoft Entra alone before it has an
 * administrator there, and the removal of the last administrator. Both are told in the preview already.
 */

/** An administrator as people know it: by its role name, by its object id. */
export interface KnownAdministrator {
    principalName?: string;
    objectId?: string;
}

/** Where the server's administrators are looked up. */
export interface ServerPlace {
    serverName: string;
    resourceGroupName: string;
}

/**
 * Why a server must not be left to Microsoft Entra alone now; `undefined` where it may.
 *
 * @param before the mode that the server has, as Azure reported it last
 * @param administrators how many of those that are asked for Azure knows; `undefined` where that could not be found out
 */
export function entraOnlyProblem(
    before: Partial<AuthConfig>,
    after: Partial<AuthConfig>,
    serverName: string,
    administrators: number | undefined,
): string | undefined {
    if (!becomesEntraOnly(before, after)) return undefined;
    const steps =
        "go in two deployments, so that nobody is locked out: first authMode EntraAndPassword with the administrators (administratorLogin and the password stay), then EntraOnly.";
    if (before.activeDirectoryAuth !== "Enabled")
        return `authMode is EntraOnly: the server '${serverName}' has passwords alone and so no Microsoft Entra administrator yet (F6); ${steps}`;
    if (administrators !== 0) return undefined;
    return `authMode is EntraOnly: none of the administrators that are asked for is one on the server '${serverName}' yet (F6); ${steps}`;
}

function becomesEntraOnly(before: Partial<AuthConfig>, after: Partial<AuthConfig>): boolean {
    return before.passwordAuth === "Enabled" && after.passwordAuth === "Disabled";
}

/**
 * Why the last administrator must not go; `undefined` where one is left, or each that goes is asked for by name.
 *
 * @param allowed names or object ids
 */
export function lastAdministratorProblem(
    before: KnownAdministrator[],
    left: number,
    allowed: string[],
    serverName: string,
): string | undefined {
    if (left > 0) return undefined;
    const names = new Set(allowed.map((name) => name.toLowerCase()));
    const isAllowed = (text: string | undefined) => text !== undefined && names.has(text.toLowerCase());
    const others = before.filter((a) => !isAllowed(a.principalName) && !isAllowed(a.objectId));
    if (others.length === 0) return undefined;
    const list = others.map((a) => `"${a.principalName ?? a.objectId ?? "(unknown)"}"`).join(", ");
    return (
        `administrators is empty: the server '${serverName}' would lose its last Microsoft Entra administrator, and without one nobody can make or change an Entra role (F6). ` +
        "If that is meant: first take out the principals and their access in a deployment of its own, as it needs the administrator; then name each administrator that goes: " +
        `removeLastAdministrators: [${list}]`
    );
}

/**
 * The hook on the server.
 *
 * @param administrators of whom one must be there before passwords are switched off
 * @param parent whose provider for Azure is asked for them
 */
export function serverModeHook(
    componentName: string,
    place: Partial<ServerPlace>,
    administrators: pulumi.Input<string>[],
    parent: pulumi.Resource | undefined,
): pulumi.ResourceHook {
    return beforeUpdate(`azure-postgres-entra:server-mode:${componentName}`, async (args) => {
        const before = await authConfigOf(args.oldOutputs?.["authConfig"] ?? args.oldInputs?.["authConfig"]);
        const after = await authConfigOf(args.newInputs?.["authConfig"]);
        if (!becomesEntraOnly(before, after)) return undefined;
        const ids = await Promise.all(administrators.map(plainInput));
        const found =
            before.activeDirectoryAuth === "Enabled" ? await countThere(place, ids, { parent }) : undefined;
        return entraOnlyProblem(before, after, place.serverName ?? componentName, found);
    });
}

async function authConfigOf(value: unknown): Promise<Partial<AuthConfig>> {
    const known = (await plainInput(value)) as Record<string, unknown> | undefined;
    const [activeDirectoryAuth, passwordAuth] = await Promise.all(
        ["activeDirectoryAuth", "passwordAuth"].map((name) => plainInput(known?.[name])),
    );
    return { activeDirectoryAuth, passwordAuth } as Partial<AuthConfig>;
}

/** 1 where one of the object ids is an administrator of the server, 0 where none is; `undefined` where Azure cannot be asked. */
async function countThere(
    place: Partial<ServerPlace>,
    ids: unknown[],
    options: pulumi.InvokeOptions,
): Promise<number | undefined> {
    const { serverName, resourceGroupName } = place;
    const known = ids.filter((id): id is string => typeof id === "string");
    if (serverName === undefined || resourceGroupName === undefined || known.length < ids.length)
        return undefined;
    for (const objectId of known) {
        try {
            await getAdministratorsMicrosoftEntra({ objectId, serverName, resourceGroupName }, options);
            return 1;
        } catch (error) {
            if (!isNotFound(String((error as Error).message))) return undefined;
        }
    }
    return 0;
}

/** Where the group or the subscription is what was not found, another one than the server's was asked. */
function isNotFound(message: string): boolean {
    return /\b404\b|NotFound/i.test(message) && !/(ResourceGroup|Subscription)NotFound/i.test(message);
}

/**
 * What to know about databases that are made while the server has no Entra administrator; `undefined` where there are none (F71).
 */
export function foreignDatabases(names: string[], serverName: string): string | undefined {
    if (names.length === 0) return undefined;
    const list = names.map((name) => `'${name}'`).join(", ");
    return (
        `databases ${list} of the server '${serverName}': made while it had no Microsoft Entra administrator, they belong to azuresu for good, and no administrator can give privileges on them (F71). ` +
        "Where Microsoft Entra is to come later, start with authMode EntraAndPassword, or make the databases then; leave these out of what manages privileges (DatabaseAccess; in a stack's configuration managePrivileges: false)."
    );
}

/** The hook on the component, whose own inputs hold mode, administrators and databases. */
export function administratorsHook(componentName: string, allowed: string[]): pulumi.ResourceHook {
    return beforeUpdate(`azure-postgres-entra:administrators:${componentName}`, async (args) => {
        await warnOfForeignDatabases(componentName, args);
        const [before, after] = await Promise.all(
            [args.oldInputs, args.newInputs].map((inputs) => administratorsOf(inputs?.["administrators"])),
        );
        const serverName = await plainInput(args.oldInputs?.["serverName"]);
        if (before === undefined || before.length === 0 || after === undefined) return undefined;
        const name = typeof serverName === "string" ? serverName : componentName;
        return lastAdministratorProblem(before, after.length, allowed, name);
    });
}

async function administratorsOf(value: unknown): Promise<KnownAdministrator[] | undefined> {
    const list = await plainInput(value);
    if (!Array.isArray(list)) return undefined;
    return Promise.all(
        list.map(async (item) => {
            const known = (await plainInput(item)) as Record<string, unknown> | undefined;
            const [principalName, objectId] = await Promise.all(
                ["principalName", "objectId"].map((key) => plainInput(known?.[key])),
            );
            return { principalName, objectId } as KnownAdministrator;
        }),
    );
}

/** Told when Entra is enabled on a server that had passwords alone. */
async function warnOfForeignDatabases(componentName: string, args: pulumi.ResourceHookArgs): Promise<void> {
    const [before, after] = await Promise.all(
        [args.oldInputs, args.newInputs].map((inputs) => plainInput(inputs?.["authMode"])),
    );
    if (before !== AuthMode.PasswordOnly || after === before) return;
    const names = await plainInput(args.oldInputs?.["databases"]);
    const warning = Array.isArray(names) ? foreignDatabases(names as string[], componentName) : undefined;
    if (warning !== undefined) void pulumi.log.warn(warning);
}
