import { z } from "zod";
import { accessProblems } from "./stackConfigAccess";
import { stackConfigSchema, type StackConfig } from "./stackConfigSchema";
import { identityProblems } from "./stackConfigWorkloads";

export type { StackConfig } from "./stackConfigSchema";

/** Validation of a stack's configuration: every mistake at once, each with its key, what was given and what is allowed. Pure. */

/** Keys whose values never appear in a message. */
const SECRET_KEYS = new Set(["administratorPassword", "citusPassword", "nativeRolePasswords"]);

/** Keys that hold plain text in the YAML file; every other key holds an object or a list. */
const PLAIN_KEYS = new Set([
    ...["cloud", "location", "tenantId", "signInAs"],
    ...["administratorPassword", "citusPassword"],
]);

export class StackConfigError extends Error {
    constructor(readonly problems: string[]) {
        super(
            `The stack's configuration has ${problems.length === 1 ? "a mistake" : `${problems.length} mistakes`}:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
        );
        this.name = "StackConfigError";
    }
}

/**
 * Validates a stack's configuration.
 *
 * @param project the project's name, which is the namespace of its keys
 * @param raw every configuration value of the stack, as Pulumi hands them over (`<namespace>:<key>` to text or JSON text)
 * @param options `allowPlaceholders` lets ids pass that begin with 00000000-0000-0000-0000- (for a plan of an unfinished stack)
 * @throws StackConfigError naming each wrong key, what was given and what is allowed
 */
export function parseStackConfig(
    project: string,
    raw: Record<string, string>,
    options: { allowPlaceholders?: boolean } = {},
): StackConfig {
    return parseWith(stackConfigSchema, crossChecks, project, raw, options);
}

/**
 * The same for any system's schema.
 *
 * @param crossChecks what is wrong beyond the schema, in words
 */
export function parseWith<T extends z.ZodType>(
    schema: T,
    crossChecks: (project: string, config: z.infer<T>) => string[],
    project: string,
    raw: Record<string, string>,
    options: { allowPlaceholders?: boolean } = {},
): z.infer<T> {
    const values = ownValues(project, raw);
    const result = schema.safeParse(values, { reportInput: true });
    if (!result.success)
        throw new StackConfigError(
            result.error.issues.flatMap((i) => describeIssue(schema, project, values, i)),
        );
    const problems = crossChecks(project, result.data);
    if (!options.allowPlaceholders) problems.push(...placeholders(project, values));
    if (problems.length > 0) throw new StackConfigError(problems);
    return result.data;
}

/** The stack's own values, by key; objects and lists are read. */
export function ownValues(project: string, raw: Record<string, string>): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const [fullKey, value] of Object.entries(raw)) {
        const [namespace, key] = splitKey(fullKey);
        if (namespace === project) values[key] = PLAIN_KEYS.has(key) ? value : parseJson(value);
    }
    return values;
}

function splitKey(fullKey: string): [string, string] {
    const colon = fullKey.indexOf(":");
    return [fullKey.slice(0, colon), fullKey.slice(colon + 1)];
}

/** Objects and lists arrive as JSON text; what is no JSON is left as it is, for the schema to refuse. */
function parseJson(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

type Issue = z.core.$ZodIssue;

function describeIssue(schema: z.ZodType, project: string, values: unknown, issue: Issue): string[] {
    const key = keyOf(project, issue.path);
    if (issue.code === "unrecognized_keys")
        return issue.keys.map((unknown) => unknownKey(schema, project, values, issue.path, unknown));
    if (issue.code === "invalid_union") {
        const { access } = issue.input as { access?: unknown };
        return [
            `${key}: ${access === undefined ? "not given" : `given ${quote(access)}`}; allowed: Public, Private`,
        ];
    }
    const secret = SECRET_KEYS.has(String(issue.path[0]));
    const given = secret ? "[secret]" : quote(issue.input);
    return [`${key}: ${issue.input === undefined ? "not given" : `given ${given}`}; ${allowed(issue)}`];
}

function allowed(issue: Issue): string {
    if (issue.code === "invalid_value") return `allowed: ${issue.values.map(String).join(", ")}`;
    return issue.message.replace(/^Invalid input: /, "").replace(/, received undefined$/, "");
}

/** Keys that belong elsewhere, with the rule and the way on. */
const MISPLACED: Record<string, string> = {
    "network.firewallRules":
        "a delegated subnet excludes public access, so a private server has no firewall rules; use the network security group, or access: Public",
};

function unknownKey(
    schema: z.ZodType,
    project: string,
    values: unknown,
    path: readonly PropertyKey[],
    key: string,
): string {
    const known = knownKeys(schema, path, values);
    const misplaced = MISPLACED[[...path, key].join(".")];
    const list = known.length > 0 ? `; allowed here: ${known.join(", ")}` : "";
    return `${keyOf(project, [...path, key])}: unknown key${misplaced ? `; ${misplaced}` : ""}${list}`;
}

/** The keys that a path of the configuration may have, found by walking the schema, and the values to tell its forms apart. */
function knownKeys(whole: z.ZodType, path: readonly PropertyKey[], values: unknown): string[] {
    let schema: unknown = whole;
    let value = values;
    for (const part of path) {
        schema = step(unwrap(schema, value), part);
        value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
    }
    const end = unwrap(schema, value);
    return end instanceof z.ZodObject ? Object.keys(end.shape) : [];
}

function step(schema: unknown, part: PropertyKey): unknown {
    if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, unknown>)[part];
    if (schema instanceof z.ZodArray) return schema.element;
    if (schema instanceof z.ZodRecord) return schema.valueType;
    return undefined;
}

function unwrap(schema: unknown, value: unknown): unknown {
    let inner = schema;
    while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
        inner = inner.unwrap();
    if (!(inner instanceof z.ZodDiscriminatedUnion)) return inner;
    const { access } = value as { access?: unknown };
    return inner.options.find(
        (form) => form instanceof z.ZodObject && form.shape.access?._zod.def.values?.includes(access),
    );
}

function keyOf(project: string, path: readonly PropertyKey[]): string {
    const [first, ...rest] = path;
    const tail = rest.map((p) => (typeof p === "number" ? `[${p}]` : `.${String(p)}`)).join("");
    return `${project}:${String(first ?? "")}${tail}`;
}

function quote(value: unknown): string {
    const json = JSON.stringify(value) ?? String(value);
    return json.length > 120 ? `${json.slice(0, 117)}...` : json;
}

function crossChecks(project: string, config: StackConfig): string[] {
    return [
        ...signInProblems(project, config),
        ...passwordProblems(project, config),
        ...accessProblems(project, config),
        ...identityProblems(project, config),
    ];
}

function signInProblems(project: string, config: StackConfig): string[] {
    if (config.principals.length === 0) return [];
    const names = administratorNames(config);
    if (config.signInAs !== undefined && !names.includes(config.signInAs))
        return [
            `${project}:signInAs: given ${quote(config.signInAs)}; it must be one of the administrators: ${names.join(", ") || "(none is configured)"}`,
        ];
    if (config.signInAs === undefined && names.length !== 1)
        return [
            `${project}:signInAs: not given; say which administrator makes the principals: ${names.join(", ") || "(none is configured: add one under administrators)"}`,
        ];
    return [];
}

function passwordProblems(project: string, config: StackConfig): string[] {
    const withPassword = config.server.authMode !== "EntraOnly";
    if (
        withPassword &&
        config.server.administratorLogin !== undefined &&
        !config.server.keepAdministratorPassword &&
        config.administratorPassword === undefined
    )
        return [
            `${project}:administratorPassword: not given; authMode ${config.server.authMode} needs it: pulumi config set --secret administratorPassword`,
        ];
    return [];
}

const PLACEHOLDER = /^0{8}-0{4}-0{4}-0{4}-/;

/** Placeholder ids anywhere in the configuration: they would fail only after the server has been made. */
function placeholders(project: string, value: unknown, path: PropertyKey[] = []): string[] {
    if (typeof value === "string" && PLACEHOLDER.test(value))
        return [
            `${keyOf(project, path)}: given ${quote(value)}, a placeholder; put the object id of your own identity here`,
        ];
    if (typeof value !== "object" || value === null) return [];
    const entries: [PropertyKey, unknown][] = Array.isArray(value)
        ? [...value.entries()]
        : Object.entries(value);
    return entries.flatMap(([key, inner]) => placeholders(project, inner, [...path, key]));
}

/** Role names of the administrators, the admin group's last. */
export function administratorNames(config: StackConfig): string[] {
    return [
        ...config.administrators.map((a) => a.principalName),
        ...(config.adminGroup ? [config.adminGroup.displayName] : []),
    ];
}

/** The administrator's role under which principals are made: `signInAs`, or the only administrator there is. */
export function signInRole(config: StackConfig): string | undefined {
    return config.signInAs ?? administratorNames(config)[0];
}
