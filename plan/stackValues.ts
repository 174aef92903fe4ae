import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { configText } from "../rehearsal/stackFile";
import type { OpenValue } from "./planDocument";

/** The configuration of a stack for a plan, which can open no secret and takes placeholders as they are. */
export interface StackValues {
    /** As the CLI hands them to the program. */
    config: Record<string, string>;
    /** Names of the values that are secrets. */
    secretKeys: string[];
    open: OpenValue[];
}

/** Keeps the rules for passwords, and is never shown: it is a secret in the plan as well. */
const STAND_IN = "Stands-1n-for-a-secret";
const PLACEHOLDER = /^0{8}-0{4}-0{4}-0{4}-/;

/**
 * Reads `Pulumi.<stack>.yaml`.
 *
 * @throws Error where the file is missing or no stack's configuration
 */
export function readStackValues(project: string, file: string): StackValues {
    if (!existsSync(file))
        throw new Error(`${file} does not exist; a stack is described in its Pulumi.<stack>.yaml`);
    const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
    if (typeof config !== "object" || config === null) throw new Error(`${file} has no config`);
    return stackValues(project, config);
}

/** The same from the values themselves. Pure. */
export function stackValues(project: string, given: Record<string, unknown>): StackValues {
    const values: StackValues = { config: {}, secretKeys: [], open: [] };
    for (const [name, value] of Object.entries(given)) {
        const key = name.includes(":") ? name : `${project}:${name}`;
        const opened = withoutSecrets(key, value, values.open);
        if (opened !== value) values.secretKeys.push(key);
        values.config[key] = configText(opened);
        values.open.push(...placeholders(key, opened));
    }
    standInForPassword(project, values);
    return values;
}

/** A `secure:` value is encrypted, and only the CLI with the stack's key can read it. */
function withoutSecrets(key: string, value: unknown, open: OpenValue[]): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (typeof (value as { secure?: unknown }).secure === "string") {
        open.push({ key, why: "is encrypted; something else stands in for it" });
        return STAND_IN;
    }
    let changed = false;
    const entries = Object.entries(value).map(([name, inner]) => {
        const opened = withoutSecrets(keyPath(key, value, name), inner, open);
        changed ||= opened !== inner;
        return [name, opened] as const;
    });
    if (!changed) return value;
    return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** The password of a mode that has one is set outside of the file (`pulumi config set --secret`). */
function standInForPassword(project: string, { config, secretKeys, open }: StackValues): void {
    const key = `${project}:administratorPassword`;
    const server = parsedOrEmpty(config[`${project}:server`]);
    const needed = server.authMode !== undefined && server.authMode !== "EntraOnly";
    if (!needed || server.administratorLogin === undefined || server.keepAdministratorPassword === true)
        return;
    if (config[key] !== undefined) return;
    config[key] = STAND_IN;
    secretKeys.push(key);
    open.push({ key, why: "is not in the file; something else stands in for it" });
}

function parsedOrEmpty(json: string | undefined): Record<string, unknown> {
    try {
        const value: unknown = JSON.parse(json ?? "{}");
        return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    } catch {
        // What is no JSON, the program's own check of the configuration refuses with its reason.
        return {};
    }
}

function placeholders(key: string, value: unknown): OpenValue[] {
    if (typeof value === "string")
        return PLACEHOLDER.test(value)
            ? [{ key, value, why: "is a placeholder; a deployment refuses it" }]
            : [];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => placeholders(keyPath(key, value, name), inner));
}

function keyPath(parent: string, container: object, name: string): string {
    return Array.isArray(container) ? `${parent}[${name}]` : `${parent}.${name}`;
}
