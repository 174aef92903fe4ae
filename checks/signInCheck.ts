import { Connections } from "../components/provider/connection";
import { inspect } from "../components/provider/reconcile";
import type { RoleState, ServerState } from "../components/provider/roleState";
import { administratorNames, signInRole, type StackConfig } from "../stackConfig";

/** Whether who should be able to sign in can: what the server holds beside what the stack's configuration says. */

export interface SignInFinding {
    role: string;
    /** What it is in the configuration. */
    as: "signInAs" | "administrator" | "principal";
    /** What is wrong; `undefined` where nothing is. */
    problem?: string;
}

/**
 * Signs in as the administrator that the stack names, with a token of whoever runs this, and looks at every role.
 *
 * @param host of the server
 * @throws SignInError, DatabaseError
 */
export async function checkSignIns(
    config: StackConfig,
    host: string,
    environment: NodeJS.ProcessEnv = process.env,
): Promise<SignInFinding[]> {
    const connections = new Connections({ environment });
    try {
        const args = {
            host,
            user: signInRole(config)!,
            cloud: config.cloud,
            address: config.hostAddresses[host],
        };
        const names = [...administratorNames(config), ...config.principals.map((p) => p.name)];
        const ids = [...config.administrators, ...config.principals].flatMap((p) => p.objectId ?? []);
        const state = await inspect(connections, args, { names, objectIds: ids, mfa: true });
        return findings(config, state);
    } finally {
        await connections.close();
    }
}

/** Pure. */
export function findings(config: StackConfig, state: ServerState): SignInFinding[] {
    const role = (name: string) => state.roles.find((r) => r.name === name);
    const signedIn = signInRole(config)!;
    const wrong = state.session.user === signedIn ? undefined : `the server says '${state.session.user}'`;
    const administrators = [
        ...config.administrators.map((a) => ({ ...a, name: a.principalName })),
        ...(config.adminGroup ? [{ name: config.adminGroup.displayName, objectId: undefined }] : []),
    ];
    return [
        {
            role: signedIn,
            as: "signInAs",
            problem: state.session.isEntraAdmin ? wrong : "it is no Entra administrator",
        },
        ...administrators.map(({ name, objectId }) => ({
            role: name,
            as: "administrator" as const,
            problem:
                roleProblem(role(name), objectId) ??
                (role(name)!.label!.admin ? undefined : "no administrator"),
        })),
        ...config.principals.map((p) => ({
            role: p.name,
            as: "principal" as const,
            problem: roleProblem(role(p.name), p.objectId) ?? mfaProblem(role(p.name)!, p.requireMfa),
        })),
    ];
}

function roleProblem(role: RoleState | undefined, objectId: string | undefined): string | undefined {
    if (!role) return "there is no such role";
    if (!role.label) return "it belongs to no Microsoft Entra identity";
    if (!role.canLogin) return "it may not sign in (NOLOGIN)";
    if (objectId !== undefined && role.label.objectId.toLowerCase() !== objectId.toLowerCase())
        return `it belongs to the object id ${role.label.objectId}, not ${objectId}`;
    return undefined;
}

function mfaProblem(role: RoleState, required: boolean): string | undefined {
    return required && !role.label!.mfa ? "a second factor is not demanded" : undefined;
}
