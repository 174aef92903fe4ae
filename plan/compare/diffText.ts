import type { Style } from "../../report/style";
import { visible } from "../../report/visible";
import { quoted, render } from "../phrase";
import { problemLines } from "../planText";
import {
    accessByTopic,
    accessSummary,
    RESOURCE_SIGNS,
    resourcesInOrder,
    resourceSummary,
    SIGNS,
    valueText,
} from "./diffView";
import { somethingChanges, type PlanDiff } from "./planDiff";
import type { PropertyChange, ResourceChange } from "./resourceChanges";

/** A diff for people at a terminal. */
export function diffText(diff: PlanDiff, baseName: string, style: Style): string {
    const lines = [
        style.bold(`Stack ${diff.stack}, compared with ${visible(baseName)}`),
        ...diff.notes.map((note) => style.dim(render(note, quoted))),
        ...problemLines(diff, style),
        ...diff.warnings.map((warning) => style.bad(`Warning: ${render(warning, quoted)}`)),
        ...diff.messages.map(({ text }) => style.bad(`Warning: ${visible(text)}`)),
        ...diff.violations.map((v) => {
            const line = `Policy, ${v.level}${v.isNew ? ", new" : ""}: ${v.rule}: ${visible(v.message)}`;
            return v.level === "mandatory" ? style.bad(line) : line;
        }),
        ...(!somethingChanges(diff) ? ["Nothing changes."] : changeLines(diff, style)),
    ];
    return `${lines.join("\n")}\n`;
}

function changeLines(diff: PlanDiff, style: Style): string[] {
    return [
        "",
        style.bold(`Access: ${accessSummary(diff.access)}`),
        ...accessLines(diff, style),
        "",
        style.bold(`Resources: ${resourceSummary(diff.resources)}`),
        ...resourcesInOrder(diff.resources).flatMap((resource) => resourceLines(resource, style)),
    ];
}

function accessLines({ access }: PlanDiff, style: Style): string[] {
    return accessByTopic(access).flatMap(([title, changes]) => [
        `  ${title}`,
        ...changes.map(({ effect, sentence }) => {
            const line = `    ${SIGNS[effect]} ${render(sentence, quoted)}`;
            return effect === "gains" ? style.good(line) : effect === "loses" ? style.bad(line) : line;
        }),
    ]);
}

function resourceLines(resource: ResourceChange, style: Style): string[] {
    const { change, type, name, properties } = resource;
    return [
        `  ${RESOURCE_SIGNS[change].padEnd(3)} ${visible(name)} ${style.dim(type)}`,
        ...properties.map((property) => `        ${propertyLine(property)}`),
    ];
}

function propertyLine(change: PropertyChange): string {
    const [before, after] = [valueText(change, "before"), valueText(change, "after")];
    const values = [before ?? "(not given)", after ?? "(removed)"].join(" -> ");
    return `${visible(change.path)}: ${before === undefined ? after : values}${change.replaces ? " (replaces)" : ""}`;
}
