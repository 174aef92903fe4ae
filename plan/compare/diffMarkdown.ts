import { codeSpan, plainWords, render, type Phrase } from "../phrase";
import { urnName } from "../planDocument";
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

/** A comment on GitHub has at most 65,536 characters. */
const LONGEST = 60_000;
/** At most, of the access diff; what it leaves is for the resources. */
const ACCESS_ROOM = 30_000;
/** At most, of each of the lists above it. */
const LIST_ROOM = 4_000;

/**
 * A diff for a pull request: a summary, the access diff, and the resources in a part to be opened. Every value of the configuration
 * stands in a code span, so no name can become a link, a mention or markup. Its first line is a comment by which a workflow finds
 * the one that it wrote before.
 */
export function diffMarkdown(diff: PlanDiff, baseName: string): string {
    const blocks = [
        `<!-- plan:diff ${diff.stack} -->`,
        `### Access to the stack ${codeSpan(diff.stack)}: ${somethingChanges(diff) ? accessSummary(diff.access) : "nothing changes"}`,
        `Compared with ${codeSpan(baseName)}. Resources: ${resourceSummary(diff.resources)}.`,
        ...quoteBlock(diff.notes, "NOTE"),
        ...problemBlock(diff),
        ...quoteBlock(diff.warnings, "WARNING"),
        ...quoteBlock(
            diff.messages.map(({ text }) => codePhrase(text)),
            "WARNING",
        ),
        ...policyBlock(diff),
        ...accessBlocks(diff),
    ];
    const head = blocks.join("\n\n");
    return `${head}${resourceBlock(diff, LONGEST - head.length)}\n`;
}

const inline = (sentence: Phrase): string => render(sentence, codeSpan);

function codePhrase(text: string): Phrase {
    return { words: ["", ""], values: [text] };
}

function quoteBlock(sentences: readonly Phrase[], kind: string): string[] {
    return quoteLines(kind, [], sentences.map(inline));
}

function problemBlock({ problems }: PlanDiff): string[] {
    const lines = problems.map(
        ({ urn, property, reason }) => `${codeSpan(urnName(urn))} ${codeSpan(property)}: ${codeSpan(reason)}`,
    );
    return quoteLines("CAUTION", ["A deployment would be refused:"], lines);
}

function policyBlock({ violations }: PlanDiff): string[] {
    const lines = violations.map(({ rule, level, isNew, message }) => {
        const how = isNew ? `${level}, new` : level;
        return `**${rule}** (${how}): ${codeSpan(message)}`;
    });
    const kind = violations.some((v) => v.level === "mandatory") ? "CAUTION" : "WARNING";
    return quoteLines(kind, ["Policies are violated:"], lines);
}

function quoteLines(kind: string, title: string[], lines: string[]): string[] {
    if (lines.length === 0) return [];
    const items = fitting(lines, LIST_ROOM).map((line) => `- ${line}`);
    return [[`[!${kind}]`, ...title, ...items].map((line) => `> ${line}`).join("\n")];
}

/** The most relevant come first, so a topic leaves to the next ones what it does not need. */
function accessBlocks({ access }: PlanDiff): string[] {
    let left = ACCESS_ROOM;
    return accessByTopic(access).map(([title, changes], i, topics) => {
        const lines = changes.map(({ effect, sentence }) => `**${SIGNS[effect]}** ${inline(sentence)}`);
        const shown = fitting(lines, left / (topics.length - i));
        left -= lengthOf(shown);
        return [`**${title}**`, "", ...shown.map((line) => `- ${line}`)].join("\n");
    });
}

function resourceBlock({ resources }: PlanDiff, room: number): string {
    if (resources.length === 0) return "";
    const lines = fitting(resourcesInOrder(resources).map(resourceLines), room);
    const title = `Resources: ${resourceSummary(resources)}`;
    return `\n\n<details>\n<summary>${title}</summary>\n\n${lines.map((line) => `- ${line}`).join("\n")}\n\n</details>`;
}

/** The first of the lines, as long as there is room for them; then how many are missing. */
function fitting(lines: string[], room: number): string[] {
    if (lengthOf(lines) <= room) return lines;
    const kept: string[] = [];
    let left = room;
    for (const line of lines) {
        left -= lengthOf([line]);
        if (left < 0) break;
        kept.push(line);
    }
    return [...kept, `and ${lines.length - kept.length} more; \`npm run plan:diff\` prints them all`];
}

/** With what stands before each line. */
function lengthOf(lines: readonly string[]): number {
    return lines.reduce((sum, line) => sum + line.length + "> - \n".length, 0);
}

function resourceLines({ change, type, name, properties, replacementKnown }: ResourceChange): string {
    const doubt = replacementKnown || change !== "changed" ? "" : " (may be replaced)";
    const head = `**${RESOURCE_SIGNS[change]}** ${change} ${codeSpan(name)} ${codeSpan(type)}${doubt}`;
    return [head, ...properties.map((property) => `    - ${propertyLine(property)}`)].join("\n");
}

function propertyLine(change: PropertyChange): string {
    const [before, after] = [valueText(change, "before"), valueText(change, "after")];
    const what =
        before === undefined
            ? plainWords(`added: ${codeSpan(after ?? "")}`)
            : after === undefined
              ? plainWords(`removed, was ${codeSpan(before)}`)
              : plainWords(`${codeSpan(before)} → ${codeSpan(after)}`);
    const replaces = change.replaces ? " (**replaces**)" : "";
    return `${codeSpan(change.path)}: ${inline(what)}${replaces}`;
}
