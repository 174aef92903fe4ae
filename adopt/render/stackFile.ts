/** The text of Pulumi.<stack>.yaml. Pure. */

import { stringify } from "yaml";
import type { StackValues } from "../judge/serverValues";

/** What stays of a stack's file that is there. */
export interface KeptOfStack {
    /** Beside the configuration: how the stack's secrets are encrypted, its Pulumi ESC environments. */
    top: Record<string, unknown>;
    /** Configuration of other namespaces than the project's. */
    config: Record<string, unknown>;
}

export interface StackFileHead {
    host: string;
    /** When it was read: ISO 8601, UTC. */
    readAt: string;
}

/** The keys come in the order of the project's own files. */
const ORDER: (keyof StackValues)[] = [
    ...(["cloud", "location", "tenantId", "resourceGroup", "server", "network"] as const),
    ...(["administrators", "signInAs", "hostAddresses", "databases", "principals"] as const),
];

export function stackFileText(
    project: string,
    values: StackValues,
    head: StackFileHead,
    kept: KeptOfStack = { top: {}, config: {} },
): string {
    const own = Object.fromEntries(
        ORDER.filter((key) => values[key] !== undefined).map((key) => [`${project}:${key}`, values[key]]),
    );
    const comment = [
        `# ${head.host}, as it was on ${head.readAt.slice(0, 10)}: written by npm run adopt (docs/adopt.md).`,
        "# Privileges are as somebody granted them (managePrivileges: false); the password of administratorLogin stays as it is.",
    ];
    const config = { ...kept.config, ...own };
    const body = stringify({ ...kept.top, config }, { lineWidth: 0, aliasDuplicateObjects: false });
    return `${comment.join("\n")}\n${body}`;
}
