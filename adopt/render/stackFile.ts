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

/**
 * The CLI reads YAML as yaml.v3 of Go does, which takes more plain words for dates, numbers and truth values than YAML 1.2:
 * every text is quoted, and keys where YAML 1.1 needs it.
 */
const AS_THE_CLI_READS = {
    ...{ lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" },
    ...({ defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const),
};

export function stackFileText(
    project: string,
    { values, providers = {} }: { values: StackValues; providers?: Record<string, string> },
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
    const config = { ...kept.config, ...providers, ...own };
    const body = stringify({ ...kept.top, config }, AS_THE_CLI_READS);
    return `${comment.join("\n")}\n${body}`;
}
