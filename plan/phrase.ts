import { visible } from "../report/visible";

/**
 * A sentence with values of somebody's configuration in it. The values are kept apart until the sentence is shown, so that each
 * form of output can quote them in its own way and no name can pass for words of ours. Pure.
 */
export interface Phrase {
    readonly words: readonly string[];
    readonly values: readonly (string | Phrase)[];
}

/** `phrase\`${name} may sign in\`` */
export function phrase(words: TemplateStringsArray, ...values: (string | Phrase)[]): Phrase {
    return { words: [...words], values };
}

/** Our own words alone, for what is chosen from a table. */
export function plainWords(text: string): Phrase {
    return { words: [text], values: [] };
}

export function joined(phrases: readonly Phrase[], separator: string): Phrase {
    if (phrases.length === 0) return plainWords("");
    const between = phrases.slice(1).map(() => separator);
    return { words: ["", ...between, ""], values: [...phrases] };
}

/** Several values as a list in a sentence. */
export function listed(values: readonly string[]): Phrase {
    return joined(
        values.map((value) => phrase`${value}`),
        ", ",
    );
}

export function render(sentence: Phrase, quote: (value: string) => string): string {
    return sentence.words.reduce((text, words, i) => {
        const value = sentence.values[i - 1]!;
        return text + (typeof value === "string" ? quote(value) : render(value, quote)) + words;
    });
}

/** In a terminal and in JSON: single quotes, whatever cannot be seen made visible. */
export function quoted(value: string): string {
    return `'${visible(value)}'`;
}

/** In Markdown: a code span, in which nothing but its own fence means anything, so no name can make a link, an image, HTML or a mention. */
export function codeSpan(value: string): string {
    const text = visible(value);
    if (text.trim() === "") return `\`"${text}"\``;
    const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = "`".repeat(longest + 1);
    const pad = /^[` ]|[` ]$/.test(text) ? " " : "";
    return `${fence}${pad}${text}${pad}${fence}`;
}
