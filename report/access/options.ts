/** The command line of the access report. Pure. */

export const HELP = `npm run access: who may do what on a stack's server, read from the live server and from Microsoft Entra.

  npm run access -- --stack <stack>     tables for the terminal
    --json                              the report as JSON (docs/access-report.schema.json)
    --markdown                          the report as Markdown
    --html <file>                       writes one self-contained page with a picture; prints no tables
    --fail-on-drift                     exit code 2 where something differs from the stack
    --as <role>                         signs in under this role; without it, as the stack's signInAs
    --no-graph                          does not ask Microsoft Entra who exists and who is in a group
    --help                              this text

It reads alone, in read-only transactions. The identity is the one that runs Pulumi: an administrator of the server, or a member of
an admin group named by --as. Microsoft Entra is asked through Microsoft Graph, which needs Directory.Read.All (for members of
groups GroupMember.Read.All is enough); without it the report says what it could not check. The stack local is read from the local
Azure, which is started on its kept data where none runs.

Exit codes: 0; 2 where something differs and --fail-on-drift is given; 1 where the server could not be read, or for a wrong option;
3 where the stack is no Flexible Server's, which alone the report reads.
Progress goes to standard error. NO_COLOR is honoured.
`;

export interface AccessOptions {
    stack: string;
    format: "text" | "json" | "markdown" | "none";
    html: string | undefined;
    failOnDrift: boolean;
    as: string | undefined;
    graph: boolean;
}

/** @throws Error that names the wrong option */
export function readOptions(words: readonly string[]): AccessOptions | "help" {
    const values: Partial<Record<"--stack" | "--html" | "--as", string>> = {};
    const flags = new Set<string>();
    const open = [...words];
    for (let word = open.shift(); word !== undefined; word = open.shift()) {
        const [name = "", joined] = /^(--[a-z-]+)=(.*)$/s.exec(word)?.slice(1) ?? [word, undefined];
        if (name === "--stack" || name === "--html" || name === "--as" || name === "-s") {
            const value = joined ?? open.shift();
            if (!value) throw new Error(`${name} needs a value, for instance ${name} ${EXAMPLES[name]}`);
            values[name === "-s" ? "--stack" : name] = value;
        } else if (FLAGS.has(word)) flags.add(word);
        else throw new Error(`unknown option: ${word}`);
    }
    if (flags.has("--help") || flags.has("-h")) return "help";
    if (values["--stack"] === undefined) throw new Error("say which stack: --stack <stack>");
    if (flags.has("--json") && flags.has("--markdown"))
        throw new Error("--json and --markdown are two forms of one output: give one of them");
    const alone = values["--html"] === undefined ? "text" : "none";
    return {
        stack: values["--stack"],
        format: flags.has("--json") ? "json" : flags.has("--markdown") ? "markdown" : alone,
        html: values["--html"],
        failOnDrift: flags.has("--fail-on-drift"),
        as: values["--as"],
        graph: !flags.has("--no-graph"),
    };
}

const FLAGS = new Set(["--json", "--markdown", "--fail-on-drift", "--no-graph", "--help", "-h"]);
const EXAMPLES = { "--stack": "prod", "-s": "prod", "--html": "access.html", "--as": '"Postgres Admins"' };
