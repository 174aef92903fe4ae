// What goes into comments and issues: other people's text, made harmless and short enough.

/** GitHub takes 65,536 characters. */
const LONGEST = 60_000;

/** No mention calls anybody, nothing is hidden, and no marker of ours can be forged: comments are taken out. */
function harmless(text) {
    return text
        .replace(/<!--[\s\S]*?-->/g, "")
        .replace(/<!--/g, "&lt;!--")
        .replace(/@(?=[\w-])/g, "@\u200b");
}

/** A block of plain text: its fence is longer than any in it, so that nothing breaks out. */
function plainText(text) {
    const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}text\n${text.trimEnd()}\n${fence}`;
}

function folded(title, content) {
    return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** Whole lines of Markdown; a part that is open at the end is closed, so that it does not swallow what follows. */
function cut(text, most) {
    if (text.length <= most) return text;
    const end = text.lastIndexOf("\n", most);
    const kept = text.slice(0, end > 0 ? end : most);
    // Tags of ours begin a line; in values they stand in code.
    const count = (tag) => kept.match(new RegExp(`^${tag}`, "gm"))?.length ?? 0;
    const open = Math.max(0, count("<details>") - count("</details>"));
    return `${kept}\n\n… ${text.length - kept.length} more characters: see the run${"\n\n</details>".repeat(open)}`;
}

/** Sections, each given its share of the room; what is short leaves its room to the others. */
function fitted(sections, render, most = LONGEST) {
    let room = most;
    const shares = new Map();
    const byLength = [...sections].sort((one, other) => one.text.length - other.text.length);
    byLength.forEach((section, i) => {
        const share = Math.min(section.text.length, Math.floor(room / (byLength.length - i)));
        shares.set(section, share);
        room -= share;
    });
    return sections.map((section) => render({ ...section, text: cut(section.text, shares.get(section)) }));
}

module.exports = { cut, fitted, folded, harmless, plainText };
