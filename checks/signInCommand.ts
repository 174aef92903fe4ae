import { parseArgs } from "node:util";
import { declaredStack, SYSTEM_NAMES } from "../plan/declaredStack";
import { PROJECT_FOLDER, stacksWithFile } from "../rehearsal/stackFile";
import { Progress, styleFor } from "../rehearsal/terminal";
import { terminalTable } from "../report/terminalTable";
import { signInRole, type StackConfig } from "../stackConfig";
import { expectedHost } from "../stackResources";
import { checkSignIns, type SignInFinding } from "./signInCheck";

const HELP = `npm run check:sign-in: whether everybody whom a stack lets in can sign in to its server.

  npm run check:sign-in -- --stack <stack> [--json]

Signs in as the stack's signInAs, with a token of whoever runs this (ARM_…, else az login and so on), and compares the roles of
Pulumi.<stack>.yaml with those of the server: there, of the right identity, allowed to sign in, second factor demanded where asked.
A private server is reached from inside its network, or through the stack's hostAddresses. Nothing is changed, and no secret of the
stack is opened. It knows Flexible Servers alone: of a stack with another database system it says that nothing was checked.

Exit codes: 0 all well, or not checked; 1 something is wrong, or the server refuses; 2 a wrong command line.
`;

const OPTIONS = {
    stack: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

/**
 * @param folder of the project whose stack it is
 * @returns the exit code
 */
export async function signInCommand(words: string[], folder = PROJECT_FOLDER): Promise<number> {
    let stack: string;
    let json: boolean;
    try {
        const { values } = parseArgs({ args: words, options: OPTIONS });
        if (values.help) return print(HELP);
        if (!values.stack) throw new Error("say which stack: --stack <stack>");
        if (!stacksWithFile(folder).includes(values.stack))
            throw new Error(`there is no Pulumi.${values.stack}.yaml`);
        [stack, json] = [values.stack, values.json === true];
    } catch (error) {
        process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
        return 2;
    }
    const declared = declaredStack(stack, folder);
    if (declared.system !== "server") return notChecked(SYSTEM_NAMES[declared.system], json);
    const { config } = declared;
    return report(config, await signIn(config), json);
}

function notChecked(system: string, json: boolean): number {
    const text = `Not checked for the system ${system}: the sign-in check knows Flexible Servers alone.\n`;
    if (!json) return print(text);
    process.stderr.write(text);
    return print("[]\n");
}

async function signIn(config: StackConfig): Promise<SignInFinding[]> {
    if (signInRole(config) === undefined) return [];
    const host = expectedHost(config);
    const progress = new Progress();
    progress.begin(`signing in to ${host}`);
    try {
        return await checkSignIns(config, host);
    } finally {
        progress.end(`signing in to ${host}`);
    }
}

function report(config: StackConfig, found: SignInFinding[], json: boolean): number {
    const wrong = found.filter((finding) => finding.problem !== undefined);
    if (json) print(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length === 0) print("No Microsoft Entra identity is configured: nothing to check.\n");
    else {
        const { good, bad } = styleFor(process.stdout);
        const columns = [
            { title: "role", value: (f: SignInFinding) => f.role },
            { title: "is", value: (f: SignInFinding) => f.as },
            { title: "found", value: (f: SignInFinding) => (f.problem ? bad(f.problem) : good("well")) },
        ];
        print(`${terminalTable(columns, found, process.stdout.columns)}\n`);
        print(`${wrong.length} of ${found.length} are wrong on ${expectedHost(config)}.\n`);
    }
    return wrong.length > 0 ? 1 : 0;
}

function print(text: string): number {
    process.stdout.write(text);
    return 0;
}
