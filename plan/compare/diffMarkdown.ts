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
    if (sentences.length === 0) return [];
    return [[`> [!${kind}]`, ...sentences.map((sentence) => `> - ${inline(sentence)}`)].join("\n")];
}

function problemBlock({ problems }: PlanDiff): string[] {
    const lines = problems.map(
        ({ urn, property, reason }) =>
            `> - ${codeSpan(urnName(urn))} ${codeSpan(property)}: ${codeSpan(reason)}`,
    );
    return lines.length > 0
        ? [["> [!CAUTION]", "> A deployment would be refused:", ...lines].join("\n")]
        : [];
}

function policyBlock({ violations }: PlanDiff): string[] {
    const lines = violations.map(({ rule, level, isNew, message }) => {
        const how = isNew ? `${level}, new` : level;
        return `> - **${rule}** (${how}): ${codeSpan(message)}`;
    });
    if (lines.length === 0) return [];
    const kind = violations.some((v) => v.level === "mandatory") ? "CAUTION" : "WARNING";
    return [[`> [!${kind}]`, "> Policies are violated:", ...lines].join("\n")];
}

function accessBlocks({ access }: PlanDiff): string[] {
    return accessByTopic(access).map(([title, changes]) =>
        [
            `**${title}**`,
            "",
            ...changes.map(({ effect, sentence }) => `- **${SIGNS[effect]}** ${inline(sentence)}`),
        ].join("\n"),
    );
}

function resourceBlock({ resources }: PlanDiff, room: number): string {
    if (resources.length === 0) return "";
    const lines: string[] = [];
    let left = room;
    for (const resource of resourcesInOrder(resources)) {
        const text = resourceLines(resource);
        left -= text.length + 1;
        if (left < 0) break;
        lines.push(text);
    }
    const missing = resources.length - lines.length;
    if (missing > 0) lines.push(`- and ${missing} more; \`npm run plan:diff\` prints them all`);
    const title = `Resources: ${resourceSummary(resources)}`;
    return `\n\n<details>\n<summary>${title}</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

function resourceLines({ change, type, name, properties, replacementKnown }: ResourceChange): string {
    const doubt = replacementKnown || change !== "changed" ? "" : " (may be replaced)";
    const head = `- **${RESOURCE_SIGNS[change]}** ${change} ${codeSpan(name)} ${codeSpan(type)}${doubt}`;
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
