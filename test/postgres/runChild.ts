/**
 * A program that runs a server, as a process of its own, for tests of how it ends.
 *
 *     node --import tsx runChild.ts <end|throw|wait> [folder for the data]
 *
 * Says on one line, as JSON, what it runs; then ends in the given way. `wait` waits for a signal.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { openRunFolder } from "../../emulator/postgres/runFolder";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { PostgresServers } from "../../emulator/postgres/postgresServers";
import { Faults } from "../../emulator/faults";
import { newDirectory } from "./testTenant";
import { defaultSpec, OPEN } from "./testServers";

export interface RunningChild {
    run: string;
    data: string;
    port: number;
    postmaster: number;
}

async function main([how, folder]: string[]): Promise<void> {
    const run = await openRunFolder();
    const servers = new PostgresServers({
        run,
        folder: folder ?? run.data,
        directory: newDirectory(),
        verifyToken: () => Promise.reject(new Error("no tokens here")),
        faults: new Faults(),
        ca: await CertificateAuthority.create(),
    });
    const spec = {
        ...defaultSpec(),
        passwordEnabled: true,
        administratorLogin: "boss",
        administratorLoginPassword: "Password-1",
    };
    const known =
        folder && (await readFile(path.join(folder, spec.name, "server.json")).catch(() => undefined));
    const server = known ? await servers.open(spec, OPEN) : await servers.create(spec, OPEN);
    const data = path.join(folder ?? run.data, spec.name, "data");
    const postmaster = Number((await readFile(path.join(data, "postmaster.pid"), "utf8")).split("\n")[0]);
    const said: RunningChild = { run: run.path, data, port: server.port, postmaster };
    process.stdout.write(`${JSON.stringify(said)}\n`);
    if (how === "throw") throw new Error("on purpose");
    if (how !== "end") return;
    await servers.stop();
    await run.close();
}

void main(process.argv.slice(2));
