import { Cloud, psqlCommand, Shell, tokenCommand } from "../components/index";
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

/** The lines for a person who wants to sign in to a running local Azure: for each role the token command and the psql line. */
export function howToSignIn(config: StackConfig, server: LocalServerAddress, endpointFile?: string): string {
    const shell = process.platform === "win32" ? Shell.PowerShell : Shell.Bash;
    const roles = [
        ...administratorNames(config).map((name) => ({ name, database: "postgres" })),
        ...config.principals.map((p) => ({ name: p.name, database: firstDatabase(config, p) })),
    ];
    return roles.map((role) => linesFor(shell, role, server, endpointFile)).join("\n\n");
}

function linesFor(
    shell: Shell,
    role: { name: string; database: string },
    server: LocalServerAddress,
    endpointFile: string | undefined,
): string {
    const { host, caFile } = server;
    const address = `${server.address}:${server.port}`;
    const token = { command: { [shell]: localTokenCommand(shell, role.name, endpointFile) } };
    const target = { host, user: role.name, database: role.database, cloud: Cloud.Local, address, caFile };
    return [
        `# ${role.name}`,
        `# a token alone: ${tokenCommand(shell, Cloud.Local, token)}`,
        psqlCommand(shell, target, token),
    ].join("\n");
}

/** Works from any folder. Without an endpoint file it finds the kept local Azure of this project. */
function localTokenCommand(shell: Shell, name: string, endpointFile: string | undefined): string {
    const quoted = (text: string) => quoteFor(shell, text);
    const where = endpointFile ? ` --endpoint ${quoted(endpointFile)}` : "";
    return `npm --prefix ${quoted(PROJECT_FOLDER)} run --silent local -- token ${quoted(name)}${where}`;
}
