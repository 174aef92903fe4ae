/** The data folder that every new server starts as a copy of: made once per machine, kept in the cache. */

import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { chmod, chown, constants, cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { binaries, type Binaries } from "./binaries";
import { cached } from "./cacheFolder";
import { GROUP_SYNC_SETUP } from "./groupSync.sql";
import { LABEL_SETUP, PGAADAUTH_SETUP } from "./pgaadauth.sql";
import { programOptions, run } from "./programs";
import { CLUSTER_SETUP, DATABASE_SETUP, SERVICE_DATABASES, SUPERUSER } from "./roles.sql";
import { unprivilegedUser } from "./unprivilegedUser";

const EVERYWHERE = [...DATABASE_SETUP, ...LABEL_SETUP];
const IN_POSTGRES = [...EVERYWHERE, ...PGAADAUTH_SETUP, ...GROUP_SYNC_SETUP];

/** What is run in which database, in this order. */
const SETUP: [database: string, statements: string[]][] = [
    ["postgres", [...CLUSTER_SETUP, ...IN_POSTGRES]],
    // The templates too, so that every database that anybody ever makes has it.
    ["template0", EVERYWHERE],
    ["template1", EVERYWHERE],
    ["postgres", SERVICE_DATABASES],
];

/** Only over the unix socket, which is in a folder that nobody else can enter. */
const ENTRANCES = "local all all trust\n";

/** Names this very setup; a kept server of another one is brought up to date, see `renewSetup`. */
export const SETUP_KEY = createHash("sha256")
    .update(JSON.stringify([SETUP, ENTRANCES]))
    .digest("hex")
    .slice(0, 12);

/**
 * The template's data folder; made where the cache has none for this PostgreSQL, this user and this setup.
 */
export async function dataTemplate(): Promise<string> {
    const programs = await binaries();
    const user = unprivilegedUser()?.name ?? "own";
    const entry = await cached(`data-${programs.key}-${user}-${SETUP_KEY}`, async (folder) => {
        const data = path.join(folder, "data");
        await makeDataFolder(data);
        await initialise(programs, data);
        for (const [database, statements] of SETUP) await runAlone(programs, data, database, statements);
    });
    return path.join(entry, "data");
}

/** Gives a stopped server that was made by another version of this program the functions of this one. */
export async function renewSetup(data: string, databases: readonly string[]): Promise<void> {
    const programs = await binaries();
    await writeFile(path.join(data, "pg_hba.conf"), ENTRANCES);
    for (const database of databases) {
        await runAlone(programs, data, database, database === "postgres" ? IN_POSTGRES : EVERYWHERE);
    }
}

/** A new data folder, ready to start. `data` must not exist yet, its parent must. */
export async function copyTemplate(data: string): Promise<void> {
    const template = await dataTemplate();
    if (process.platform === "win32")
        return cp(template, data, { recursive: true, mode: constants.COPYFILE_FICLONE });
    // The program clones where the file system can, keeps the owner, and takes a third of the time of
    // `fs.cp`.
    await run("cp", [process.platform === "darwin" ? "-Rpc" : "-Rp", template, data]);
}

/** Makes an empty folder that belongs to PostgreSQL's user, and to nobody else. */
export async function makeDataFolder(folder: string): Promise<void> {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    const user = unprivilegedUser();
    if (user) await chown(folder, user.uid, user.gid);
}

async function initialise({ bin, major }: Binaries, data: string): Promise<void> {
    // One locale on every machine. From 17 on PostgreSQL brings it along; before, C is the only one that is
    // everywhere.
    const locale =
        major >= 17 ? ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-messages=C"] : ["--locale=C"];
    const args = ["-D", data, "-U", SUPERUSER, "-E", "UTF8", ...locale, "-A", "trust", "--no-sync"];
    await run(path.join(bin, "initdb"), [...args, "--no-instructions"]);
    await writeFile(path.join(data, "pg_hba.conf"), ENTRANCES);
}

/**
 * Runs statements without a server (single-user mode): no port, no socket, no sign-in, and template0 is open
 * to it.
 */
function runAlone({ bin }: Binaries, data: string, database: string, statements: string[]): Promise<void> {
    // With -j a statement ends with a semicolon and an empty line, so none may be within.
    const script = statements
        .map((statement) => `${statement.trim().replace(/\n\s*\n/g, "\n")};\n\n`)
        .join("");
    const args = ["--single", "-j", "-O", "-D", data, "-c", "exit_on_error=true", database];
    return new Promise((resolve, reject) => {
        const postgres = spawn(path.join(bin, "postgres"), args, { ...programOptions(), stdio: "pipe" });
        let said = "";
        for (const stream of [postgres.stdout, postgres.stderr])
            stream.on("data", (chunk) => (said += chunk));
        postgres.on("error", reject);
        postgres.on("close", (code) => {
            if (code === 0 && !/^.*(ERROR|FATAL|PANIC):/m.test(said)) return resolve();
            reject(new Error(`The setup of database ${database} failed: ${said.slice(-4000)}`));
        });
        postgres.stdin.on("error", () => undefined);
        postgres.stdin.end(script);
    });
}
