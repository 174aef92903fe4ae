import { checkTarget, Cloud, keywordValues, psqlCommand, Shell, tokenCommand } from "../components/index";
import { quoteFor } from "../components/shellQuoting";
import { administratorNames, type StackConfig } from "../stackConfig";
import { firstDatabase } from "../stackConfigAccess";
import { PROJECT_FOLDER } from "./stackFile";

/** Where the servers of a local Azure are reached. */
export interface LocalServerAddress {
    host: string;
    address: string;
    port: number;
    caFile: string;
}

const SHELL = process.platform === "win32" ? Shell.PowerShell : Shell.Bash;

/** The token command's option for the local Azure of this endpoint file, for any folder. */
export function endpointOption(endpointFile: string): string {
    return ` --endpoint ${quoteFor(SHELL, endpointFile)}`;
}

/** The token command's option for the kept local Azure of a scenario. */
export function scenarioOption(name: string): string {
    return ` --scenario ${name}`;
}

/**
 * The lines for a person who wants to sign in to a running local Azure: for each role the token command and the psql line.
 *
 * @param tokenOptions what the token command takes beside the name
 */
export function howToSignIn(config: StackConfig, server: LocalServerAddress, tokenOptions: string): string {
    const roles = [
        ...administratorNames(config).map((name) => ({ name, database: "postgres" })),
        ...config.principals.map((p) => ({ name: p.name, database: firstDatabase(config, p) })),
    ];
    return roles.map((role) => linesFor(role, server, tokenOptions)).join("\n\n");
}

/** The lines of one role of any server; `user` where its user name is another than its name in Entra (F40). */
export function linesFor(
    role: { name: string; database: string },
    server: LocalServerAddress,
    tokenOptions: string,
    user = role.name,
): string {
    const { host, caFile } = server;
    const address = `${server.address}:${server.port}`;
    const token = { command: { [SHELL]: localTokenCommand(role.name, tokenOptions) } };
    const target = { host, user, database: role.database, cloud: Cloud.Local, address, caFile };
    return [
        `# ${role.name}`,
        `# a token alone: ${tokenCommand(SHELL, Cloud.Local, token)}`,
        psqlCommand(SHELL, target, token),
    ].join("\n");
}

/** The psql line of a role that signs in by password, which psql asks for. */
export function passwordLinesFor(
    role: { name: string; database: string },
    { host, address, port, caFile }: LocalServerAddress,
): string {
    const target = { host, user: role.name, database: role.database, caFile, address: `${address}:${port}` };
    const line = keywordValues(checkTarget(target));
    return [`# ${role.name}, by password`, `psql ${quoteFor(SHELL, line)}`].join("\n");
}

/** Works from any folder. */
function localTokenCommand(name: string, options: string): string {
    const quoted = (text: string) => quoteFor(SHELL, text);
    return `npm --prefix ${quoted(PROJECT_FOLDER)} run --silent local -- token ${quoted(name)}${options}`;
}
