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
    readonly data: string;
    #port = 0;
    #process: ChildProcess | undefined;

    private constructor(private readonly run: RunFolder) {
        this.data = path.join(run.data, "direct");
    }

    static async start(ca: CertificateAuthority, host: string): Promise<DirectServer> {
        const direct = new DirectServer(await openRunFolder());
        try {
            await direct.#start(ca, host);
            return direct;
        } catch (error) {
            await direct.stop();
            throw error;
        }
    }

    get port(): number {
        return this.#port;
    }

    async #start(ca: CertificateAuthority, host: string): Promise<void> {
        const { data, run } = this;
        await copyTemplate(data);
        const { certificate, privateKey } = await ca.issue(host);
        await ownFile(path.join(data, "server.crt"), certificate);
        await ownFile(path.join(data, "server.key"), privateKey);
        await writeFile(path.join(data, "pg_hba.conf"), ENTRANCES);
        this.#port = await freePort();
        const settings = {
            listen_addresses: "127.0.0.1",
            port: this.#port,
            ssl: "on",
            fsync: "off",
            full_page_writes: "off",
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
        await appendFile(path.join(data, "postgresql.conf"), `\n${lines.join("\n")}\n`);
        const { bin } = await binaries();
        // Whatever becomes of this process, PostgreSQL ends with it: by its command line it is known for this run's own.
        await run.watch(data);
        const sockets = `unix_socket_directories=${run.sockets}`;
        this.#process = spawn(path.join(bin, "postgres"), ["-D", data, "-c", sockets], {
            ...programOptions(),
            stdio: "ignore",
        });
        await this.#makeUser();
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
        const server = this.#process;
        if (server && server.exitCode === null && server.signalCode === null) {
            const exit = once(server, "exit");
            server.kill("SIGINT");
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
