/** A PostgreSQL without the gateway: TLS and SCRAM of its own, to compare the gateway with. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, chown, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { binaries } from "../emulator/postgres/binaries";
import type { CertificateAuthority } from "../emulator/postgres/certificates";
import { copyTemplate } from "../emulator/postgres/dataTemplate";
import { programOptions } from "../emulator/postgres/programs";
import { openRunFolder, type RunFolder } from "../emulator/postgres/runFolder";
import { unprivilegedUser } from "../emulator/postgres/unprivilegedUser";

export const DIRECT_USER = "direct";
export const DIRECT_PASSWORD = "direct-Passw0rd";
const ENTRANCES = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";

export class DirectServer {
    private constructor(
        readonly port: number,
        private readonly process: ChildProcess,
        private readonly run: RunFolder,
    ) {}

    static async start(ca: CertificateAuthority, host: string): Promise<DirectServer> {
        const run = await openRunFolder();
        const data = path.join(run.data, "direct");
        await copyTemplate(data);
        const { certificate, privateKey } = await ca.issue(host);
        await ownFile(path.join(data, "server.crt"), certificate);
        await ownFile(path.join(data, "server.key"), privateKey);
        await writeFile(path.join(data, "pg_hba.conf"), ENTRANCES);
        const port = await freePort();
        const settings = {
            listen_addresses: "127.0.0.1",
            port,
            unix_socket_directories: run.sockets,
            ssl: "on",
            fsync: "off",
            full_page_writes: "off",
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
        await appendFile(path.join(data, "postgresql.conf"), `\n${lines.join("\n")}\n`);
        const { bin } = await binaries();
        const server = spawn(path.join(bin, "postgres"), ["-D", data], {
            ...programOptions(),
            stdio: "ignore",
        });
        const direct = new DirectServer(port, server, run);
        try {
            await direct.#makeUser();
            return direct;
        } catch (error) {
            await direct.stop();
            throw error;
        }
    }

    async #makeUser(): Promise<void> {
        for (let attempt = 0; ; attempt++) {
            const client = new pg.Client({
                host: this.run.sockets,
                port: this.port,
                user: "azuresu",
                database: "postgres",
            });
            client.on("error", () => undefined);
            try {
                await client.connect();
                await client.query(`create role ${DIRECT_USER} login password '${DIRECT_PASSWORD}'`);
                return;
            } catch (error) {
                if (attempt === 200) throw error;
                await sleep(50);
            } finally {
                await client.end().catch(() => undefined);
            }
        }
    }

    async stop(): Promise<void> {
        if (this.process.exitCode === null) {
            const exit = once(this.process, "exit");
            this.process.kill("SIGINT");
            await exit;
        }
        await this.run.close();
    }
}

async function ownFile(file: string, text: string): Promise<void> {
    await writeFile(file, text, { mode: 0o600 });
    const user = unprivilegedUser();
    if (user) await chown(file, user.uid, user.gid);
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}
