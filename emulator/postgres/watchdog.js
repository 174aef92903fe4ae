/**
 * Clears the folder of one run once the process that made it is gone: stops the PostgreSQL servers it lists,
 * then removes it. Waits for the end of its standard input, which the owner holds open; even `kill -9` of the
 * owner closes it. The word «done» before the end says that the owner has cleared up itself. Plain
 * JavaScript: it must start fast and stay small.
 *
 *     node watchdog.js <run folder> <folder of pg_ctl> [<uid> <gid>]
 */
const { execFile } = require("node:child_process");
const fs = require("node:fs/promises");
const path = require("node:path");

const [runFolder, bin, uid, gid] = process.argv.slice(2);
const user = uid === undefined ? {} : { uid: Number(uid), gid: Number(gid) };

let said = "";
let cleared = false;
process.stdin.on("data", (chunk) => (said += chunk));
process.stdin.on("error", () => undefined);
// A pipe closes, a file only ends.
for (const event of ["end", "close"]) process.stdin.once(event, ownerIsGone);

function ownerIsGone() {
    if (cleared || said.includes("done")) return;
    cleared = true;
    void clear();
}

async function clear() {
    for (const data of await dataFolders()) await stop(data);
    // From here on nobody but us can reach into the folder while it is removed.
    if (process.getuid?.() === 0) await fs.lchown(runFolder, 0, 0).catch(() => undefined);
    await fs.rm(runFolder, { recursive: true, force: true, maxRetries: 5 });
}

async function dataFolders() {
    const text = await fs.readFile(path.join(runFolder, "servers.json"), "utf8").catch(() => "[]");
    const folders = JSON.parse(text);
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === "string") : [];
}

/** See `stopPostmaster` in postmaster.ts: never by a process id that may be another's by now. */
async function stop(data) {
    const pidFile = await fs.readFile(path.join(data, "postmaster.pid"), "utf8").catch(() => "");
    const pid = Number(pidFile.split("\n")[0]);
    if (!(pid > 0) || !(await isPostmasterOf(pid, data))) return;
    await output(path.join(bin, "pg_ctl"), ["stop", "-D", data, "-m", "immediate", "-w", "-t", "20"], user);
}

/**
 * A PostgreSQL on this folder that was started by this very run: another run may have taken the folder over
 * since.
 */
async function isPostmasterOf(pid, data) {
    if (process.platform === "win32") return true;
    const words = await commandLineOf(pid);
    return (
        words.includes(data) && words.some((word) => word.startsWith(`unix_socket_directories=${runFolder}/`))
    );
}

async function commandLineOf(pid) {
    if (process.platform !== "linux")
        return (await output("ps", ["-o", "command=", "-ww", "-p", String(pid)], {})).split(/\s+/);
    return (await fs.readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}

function output(program, args, options) {
    return new Promise((resolve) => {
        execFile(
            program,
            args,
            { cwd: process.platform === "win32" ? undefined : "/", ...options },
            (error, stdout) => resolve(error ? "" : stdout),
        );
    });
}
