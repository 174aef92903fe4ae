/** The page of the documentation. Pure. */
import {
    growth,
    linesAsMarkdown,
    plainGrowth,
    rowsAsMarkdown,
    rowsOf,
    type Line,
    type Measured,
    type Row,
} from "./rows";

export interface Machine {
    processors: number;
    platform: string;
    node: string;
    postgres: string;
    /** Load average of the last minute when the run began: how busy others kept the processors. */
    load: number;
    /** Of each size up to 1,000. */
    runs: number;
}

const howWith = (
    growth: string,
) => `Written by \`npm run bench -- --write\`. Ratios can be compared between machines, milliseconds cannot.

- **The plain transaction**: the same calls in one transaction over the same TLS gateway, each sent when the one before it is
  answered, signing in included, as psql does: \`pgaadauth_create_principal_with_oid\` for each principal, or \`DROP ROLE\` of up to 1,000. \`delete\` is compared
  with the one that drops; \`create\`, \`noop\` and \`change\` with the one that creates, as a script has no smaller job. A set makes 100
  calls in one statement, which is why it can be quicker.
- **set**: one \`DatabasePrincipalSet\`. **single**: as many \`DatabasePrincipal\`, 16 at a time. Both are called as the engine calls them:
  check, diff, then create, update or delete, without the engine's own time; each job by a provider of its own, which signs in as a deployment does.
- **change**: one principal of all gets another connection limit. **noop**: check and diff find nothing to do; no connection is opened.
- A time is the median of the runs (\`--runs\`, 3 where nothing is said; one above 1,000); single principals only where they are listed.
${growth}- **\`pulumi up\` and \`pulumi preview\`** take longer with each value of the state, whatever the provider does: the engine checks, copies
  and logs each a dozen times. So a set's state leaves out what is as by default. Both providers are attached; the plugin's start is a line of its own.
- The local Azure is the server, with room for the locks of 10,000 roles in one transaction (\`max_locks_per_transaction\` 512).
- **A peer**, such as Terraform, joins the same run by \`--peer <file>\`: a module whose default export is a \`Peer\` (bench/subject.ts).
  bench/peers/psql.ts is one. It gets the server's address and tokens, and makes the same principals; its rows are not in \`--json\`.`;

/** Only where there are lines that show it. */
const GROWTH = `- **From 1,000 to 10,000** a set grows as PostgreSQL does. From PostgreSQL 16 on, \`CREATE ROLE\` by anybody but a superuser makes its caller
  a member of the new role, and then looks for the best grantor (\`select_best_admin\`) in the list of all roles that the caller holds,
  which the statement before has invalidated: each role takes longer the more there are. \`DROP ROLE\` goes further, through the memberships
  of each of those roles. The lines below show it: bare \`CREATE ROLE\` in one \`DO\` block grows more than the plain transaction does,
  and the set only adds what is linear. Nothing in one transaction avoids it, so a set sends one statement for many principals and leaves
  it at that. PostgreSQL 15 has no such membership, and there a set grows no more than its size: a line below measures that too, and
  \`--major 15\` the whole page.
`;
const GROWTH_OF_SET = "a set's create, 10,000 to 1,000 principals";

export function markdownPage(rows: Row[], lines: Line[], machine: Machine): string {
    const { processors, platform, node, postgres, load, runs } = machine;
    const where = `${processors} processors (load average ${load} before), ${platform}, Node ${node}, PostgreSQL ${postgres}, ${runs} runs`;
    const how = howWith(lines.some(({ what }) => what === GROWTH_OF_SET) ? GROWTH : "");
    const parts = ["# Benchmarks", how, `Last written on: ${where}.`];
    if (rows.length > 0)
        parts.push(
            "## Database principals",
            "![Time by number of principals](benchmarks.svg)",
            rowsAsMarkdown(rows),
        );
    if (lines.length > 0) parts.push("## In one line each", linesAsMarkdown(lines));
    return `${parts.join("\n\n")}\n`;
}

/** The numbers that are aimed at, where they were measured. */
export function growthLines(all: Measured[]): Line[] {
    const [from, to] = [1_000, 10_000];
    const set = growth(all.flatMap(rowsOf), "set", "create", from, to);
    const plain = plainGrowth(all, from, to);
    if (set === undefined || plain === undefined) return [];
    return [
        { what: GROWTH_OF_SET, value: `${set}x` },
        { what: "the plain transaction's create, 10,000 to 1,000 principals", value: `${plain}x` },
    ];
}
