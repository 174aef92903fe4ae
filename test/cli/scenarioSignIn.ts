import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { readEndpointFile, type EndpointFile } from "../../emulator/endpoint";
import { callLocalAzure } from "../../rehearsal/localSession";
import type { Scenario } from "../../rehearsal/scenarios/scenario";
import { configOf } from "../../rehearsal/stackFile";
import type { LocalCli } from "./localCli";

/** Where the scenario's data and state are kept; every scenario but the first has its name at the folder's end. */
export function keptFolderOf(cli: LocalCli, { name }: Scenario): string {
    const folder = path.join(cli.folder, "cache", "kept");
    return path.join(
        folder,
        readdirSync(folder).find((kept) => kept.endsWith(`-${name}`))!,
    );
}

export function endpointOf(cli: LocalCli, scenario: Scenario): EndpointFile {
    return readEndpointFile(path.join(keptFolderOf(cli, scenario), "endpoint.json"));
}

/**
 * Signs in to the scenario's server, whose local Azure runs in the foreground.
 *
 * @returns the role that the session has
 */
export async function signInToScenario(
    cli: LocalCli,
    scenario: Scenario,
    who: { user: string; password: string; database: string },
): Promise<string> {
    const endpoint = endpointOf(cli, scenario);
    const host = scenario.host(configOf(scenario.stackFile));
    const found = await callLocalAzure(endpoint, "GET", `resolve?host=${host}`);
    const { address, port } = found as { address: string; port: number };
    const ssl = { ca: readFileSync(endpoint.caFile, "utf8"), servername: host };
    const client = new Client({ host: address, port, ssl, ...who });
    client.on("error", () => undefined);
    try {
        await client.connect();
        return (await client.query("select session_user::text as role")).rows[0].role;
    } finally {
        await client.end().catch(() => undefined);
    }
}
