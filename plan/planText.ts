import { propertyPath, elementPath } from "../emulator/providers/propertyPath";
import type { Style } from "../report/style";
import { visible } from "../report/visible";
import type { Plan, PlannedResource } from "./planDocument";

/** A plan for people. */
export function planText(plan: Plan, style: Style): string {
    const made = plan.resources.filter((resource) => resource.custom);
    const lines = [
        style.bold(`Plan of the stack ${plan.stack}: ${made.length} resources. Nothing has been touched.`),
        ...openLines(plan, style),
        ...plan.messages.map(({ severity, text }) =>
            severity === "info" ? style.dim(visible(text)) : style.bad(visible(text)),
        ),
        "",
        ...made.flatMap((resource) => resourceLines(resource, style)),
        ...problemLines(plan, style),
    ];
    return `${lines.join("\n")}\n`;
}

/** What the stack's file leaves open, said plainly. */
function openLines({ open }: Plan, style: Style): string[] {
    return open.map(({ key, value, why }) =>
        style.dim(`  ${visible(key)}${value === undefined ? "" : ` ${visible(value)}`} ${why}`),
    );
}

function resourceLines(resource: PlannedResource, style: Style): string[] {
    const options = [
        resource.protect ? "protected" : "",
        resource.retainOnDelete ? "stays when it is removed here" : "",
    ].filter(Boolean);
    const head = `${style.bold(visible(resource.name))} ${style.dim(resource.type)}`;
    return [
        options.length > 0 ? `${head} (${options.join(", ")})` : head,
        ...leaves(resource.inputs).map(([path, value]) => `    ${visible(path)}: ${value}`),
    ];
}

/** Property paths down to what can be read in one line. */
function leaves(value: unknown, path = ""): [string, string][] {
    if (Array.isArray(value) && value.some((element) => typeof element === "object"))
        return value.flatMap((element, i) => leaves(element, elementPath(path, i)));
    if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0)
        return Object.entries(value).flatMap(([name, inner]) => leaves(inner, propertyPath(path, name)));
    return [[path, shown(value)]];
}

/** A value in one line: text as it is, all else as JSON. */
export function shown(value: unknown): string {
    return visible(typeof value === "string" ? value : JSON.stringify(value));
}

export function problemLines({ problems }: Pick<Plan, "problems">, style: Style): string[] {
    if (problems.length === 0) return [];
    const lines = problems.map(({ urn, property, reason }) =>
        style.bad(
            `  ${visible(urn.slice(urn.lastIndexOf("::") + 2))} ${visible(property)}: ${visible(reason)}`,
        ),
    );
    return ["", style.bad("A deployment would be refused:"), ...lines];
}
