import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { execFile, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import fc from "../support/properties";
import { Client, type ClientConfig } from "pg";
import { parse } from "pg-connection-string";
import { Cloud, connectionStrings, signIn, visible, type SignInTarget } from "../../components/index";
import { anyName, HOSTILE_NAMES } from "./hostileNames";

const HOST = "pg-test.postgres.database.azure.com";
const target = (more: Partial<SignInTarget> = {}): SignInTarget => ({
    host: HOST,
    user: "ada@contoso.com",
    ...more,
});

const hasPsql = spawnSync("psql", ["--version"]).status === 0;
const skip = hasPsql ? false : "psql is not installed";

/** A server that writes down the user and the database of whoever begins to sign in, and refuses. */
class StartupRecorder {
    readonly seen: Record<string, string>[] = [];
    readonly server: Server = createServer((socket) => {
        socket.on("error", () => socket.destroy());
        socket.once("data", (data) => {
            const words = data.subarray(8).toString("utf8").split("\0");
            const pairs = words.flatMap((word, i) =>
                i % 2 === 0 && word !== "" ? [[word, words[i + 1]!]] : [],
            );
            this.seen.push(Object.fromEntries(pairs) as Record<string, string>);
            const text = "SFATAL\0C28000\0Mrecorded\0\0";
            const message = Buffer.alloc(5 + text.length);
            message.write("E");
            message.writeInt32BE(4 + text.length, 1);
            message.write(text, 5);
            socket.end(message);
        });
    });

    listen(): Promise<void> {
        return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    /** What the real psql sends for a connection string, from which TLS is taken, as the recorder has none. */
    async psql(connection: string): Promise<Record<string, string>> {
        this.seen.length = 0;
        const plain = connection.replace(/sslmode=verify-full([ &])sslrootcert=system$/, "sslmode=disable");
        assert.notEqual(plain, connection, "TLS is asked for at the end");
        const call = promisify(execFile)("psql", ["--no-password", plain, "--command", "select 1"], {
            env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
        });
        await assert.rejects(call, /recorded/);
        return this.seen[0]!;
    }
}

describe("F18: what the real psql reads from the connection string", { skip }, () => {
    const recorder = new StartupRecorder();
    before(() => recorder.listen());
    after(() => recorder.server.close());
    const at = (user: string, database: string) =>
        connectionStrings(target({ user, database, address: `127.0.0.1:${recorder.port}` }));

    for (const form of ["libpq", "uri"] as const) {
        for (const name of HOSTILE_NAMES)
            test(`${form}: ${visible(name)}`, async () => {
                const seen = await recorder.psql(at(name, name)[form]);
                assert.deepEqual([seen["user"], seen["database"]], [name, name]);
            });

        test(`${form}: any name`, async () => {
            await fc.assert(
                fc.asyncProperty(anyName, async (name) => {
                    assert.equal((await recorder.psql(at(name, "postgres")[form]))["user"], name);
                }),
                { numRuns: 50 },
            );
        });
    }
});

describe("connection strings", () => {
    test("F16: TLS checks the certificate and the name, everywhere", () => {
        const { libpq, uri, jdbc, npgsql, nodePostgres } = connectionStrings(target());
        assert.equal(
            libpq,
            `host=${HOST} port=5432 dbname=postgres user=ada@contoso.com sslmode=verify-full sslrootcert=system`,
        );
        assert.equal(
            uri,
            `postgresql://ada%40contoso.com@${HOST}:5432/postgres?sslmode=verify-full&sslrootcert=system`,
        );
        assert.match(jdbc, /sslmode=verify-full/);
        assert.match(npgsql, /;SSL Mode=VerifyFull$/);
        assert.match(nodePostgres, /\?sslmode=verify-full$/);
    });

    test("none holds a password", () => {
        for (const text of Object.values(connectionStrings(target())))
            assert.doesNotMatch(text, /password=|:[^/@]*@/i);
    });

    test("node-postgres reads the same back, but for databases that its parser cannot read", () => {
        const readable = anyName.filter((name) => !/[/?#]|^\.+$/.test(name));
        fc.assert(
            fc.property(anyName, readable, (user, database) => {
                const parsed = parse(connectionStrings(target({ user, database })).nodePostgres);
                assert.deepEqual(
                    [parsed.user, parsed.database, parsed.host, parsed.port, parsed.password],
                    [user, database, HOST, "5432", ""],
                );
            }),
        );
    });

    test("node-postgres asks for the token at each connection, and checks certificate and name", () => {
        const password = () => Promise.resolve("token");
        const parsed = parse(connectionStrings(target()).nodePostgres) as ClientConfig;
        const client = new Client({ ...parsed, password }) as unknown as { password: unknown; ssl: object };
        assert.equal(client.password, password);
        assert.deepEqual(client.ssl, {});
    });

    test("pgjdbc reads the same back: a URL whose parts are decoded as form data", () => {
        fc.assert(
            fc.property(anyName, anyName, (user, database) => {
                const { jdbc } = connectionStrings(target({ user, database }));
                const [, path = "", query = ""] =
                    /^jdbc:postgresql:\/\/[^/]+\/([^?]*)\?(.*)$/.exec(jdbc) ?? [];
                const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
                const pairs = new Map(
                    query.split("&").map((pair) => pair.split("=").map(decode) as [string, string]),
                );
                assert.equal(decode(path), database);
                assert.equal(pairs.get("user"), user);
                assert.equal(pairs.get("sslmode"), "verify-full");
                assert.equal(pairs.size, 4);
            }),
        );
    });

    test("Npgsql reads the same back: values in double quotes, quotes doubled", () => {
        fc.assert(
            fc.property(anyName, anyName, (user, database) => {
                const pairs = adoNet(connectionStrings(target({ user, database })).npgsql);
                assert.deepEqual(pairs, {
                    Host: HOST,
                    Port: "5432",
                    Database: database,
                    Username: user,
                    "SSL Mode": "VerifyFull",
                });
            }),
        );
    });

    test("an address changes where to connect, never whose certificate is asked for", () => {
        const { libpq, uri, npgsql, nodePostgres } = connectionStrings(target({ address: "127.0.0.1:6432" }));
        assert.match(libpq, new RegExp(`^host=${HOST} hostaddr=127.0.0.1 port=6432 `));
        assert.match(uri, new RegExp(`@${HOST}:6432/postgres\\?hostaddr=127.0.0.1&`));
        assert.match(npgsql, new RegExp(`^Host=${HOST};Port=6432;`));
        assert.match(nodePostgres, new RegExp(`@${HOST}:6432/`));
        assert.match(connectionStrings(target({ address: "[::1]:6432" })).libpq, /hostaddr=::1 port=6432/);
    });

    test("the local Azure is reached by its address, and its authority is a file", () => {
        const local = target({
            cloud: Cloud.Local,
            address: "127.0.0.1:6432",
            caFile: "/certificates/a b/ca.pem",
        });
        const { libpq, jdbc, npgsql, nodePostgres } = connectionStrings(local);
        assert.match(libpq, /sslmode=verify-full sslrootcert='\/certificates\/a b\/ca.pem'$/);
        assert.match(
            jdbc,
            /^jdbc:postgresql:\/\/127.0.0.1:6432\/.*&sslrootcert=%2Fcertificates%2Fa%20b%2Fca.pem&/,
        );
        assert.match(npgsql, /^Host=127.0.0.1;Port=6432;.*;Root Certificate="\/certificates\/a b\/ca.pem"$/);
        assert.match(
            nodePostgres,
            /@127.0.0.1:6432\/postgres\?sslmode=verify-full&sslrootcert=%2Fcertificates/,
        );
    });

    test("F49: the sign-in plug-in for JDBC asks for the token that the database takes", () => {
        const audience = "https://token.postgres.cosmos.azure.com";
        assert.doesNotMatch(connectionStrings(target()).jdbc, /azure\.scopes/);
        const { jdbc } = signIn(target(), { audience }).connectionStrings;
        const scopes = new URL(jdbc.replace(/^jdbc:/, "")).searchParams.get("azure.scopes");
        assert.equal(scopes, `${audience}/.default`);
    });

    const refused: [string, Partial<SignInTarget>, RegExp][] = [
        ["an address without a port", { address: "127.0.0.1" }, /: address .*127\.0\.0\.1:6432/],
        ["a name in place of an address", { address: "localhost:5432" }, /: address /],
        ["an address out of range", { address: "300.0.0.1:5432" }, /: address /],
        ["a port out of range", { address: "127.0.0.1:65536" }, /: address .*65535/],
        ["a host with a space", { host: "a b" }, /: host /],
        ["a host with a second setting", { host: "a,b" }, /: host /],
        ["a user with a line break", { user: "a\nb" }, /: user .*control/],
        ["a database of 64 bytes", { database: "x".repeat(64) }, /: database .*63/],
    ];
    for (const [title, more, message] of refused)
        test(`refused: ${title}`, () => assert.throws(() => connectionStrings(target(more)), message));
});

/** The rules of DbConnectionStringBuilder. */
function adoNet(text: string): Record<string, string> {
    const pair = /([A-Za-z ]+)=(?:"((?:[^"]|"")*)"|([^;"'\s]*))(?:;|$)/gy;
    const pairs: Record<string, string> = {};
    while (pair.lastIndex < text.length) {
        const match = pair.exec(text);
        assert.ok(match, `no pair at ${text}`);
        pairs[match[1]!] = match[2]?.replaceAll('""', '"') ?? match[3]!;
    }
    return pairs;
}
