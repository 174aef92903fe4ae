/** The page of the documentation. Pure. */
import { growth, linesAsMarkdown, rowsAsMarkdown, type Line, type Row } from "./rows";

export interface Machine {
    processors: number;
    platform: string;
    node: string;
    postgres: string;
    /** Of each size up to 1,000. */
    runs: number;
}

const HOW = `Written by \`npm run bench -- --write\`. Ratios can be compared between machines, milliseconds cannot.

- **The plain transaction**: the same statements in one transaction over the same TLS gateway, each sent when the one before it is
  answered, signing in included, as psql does: \`pgaadauth_create_principal_with_oid\` for each principal, or \`DROP ROLE\` of up to 1,000. \`delete\` is compared
  with the one that drops; \`create\`, \`noop\` and \`change\` with the one that creates, as a script has no smaller job.
- **set**: one \`DatabasePrincipalSet\`. **single**: as many \`DatabasePrincipal\`, 16 at a time. Both are called as the engine calls them:
  check, diff, then create, update or delete, without the engine's own time.
- **change**: one principal of all gets another connection limit. **noop**: check and diff find nothing to do; no connection is opened.
- A time is the median of the runs (\`--runs\`, 3 where nothing is said; one above 1,000); single principals only where they are listed.
- PostgreSQL itself takes longer for each role the more roles the administrator has made: from some thousands on, most of the time is its
  own, in the plain transaction as in the set. Principals have no memberships here: each \`GRANT\` of its own would take longer still.
- The local Azure is the server, with room for the locks of 10,000 roles in one transaction (\`max_locks_per_transaction\` 512).
- A peer joins the same run as one more \`Subject\` (bench/subject.ts), where its program is on PATH.`;

export function markdownPage(rows: Row[], lines: Line[], machine: Machine): string {
    const { processors, platform, node, postgres, runs } = machine;
    const where = `${processors} processors, ${platform}, Node ${node}, PostgreSQL ${postgres}, ${runs} runs`;
    const parts = ["# Benchmarks", HOW, `Last written on: ${where}.`];
    if (rows.length > 0)
        parts.push(
            "## Database principals",
            "![Time by number of principals](benchmarks.svg)",
            rowsAsMarkdown(rows),
        );
    const grown = growthLines(rows);
    if (grown.length + lines.length > 0)
        parts.push("## In one line each", linesAsMarkdown([...grown, ...lines]));
    return `${parts.join("\n\n")}\n`;
}

/** The numbers that are aimed at, where they were measured. */
export function growthLines(rows: Row[]): Line[] {
    const lines: Line[] = [];
    const grown = growth(rows, "set", "create", 1_000, 10_000);
    if (grown !== undefined)
        lines.push({ what: "a set's create, 10,000 to 1,000 principals", value: `${grown}x` });
    return lines;
}
