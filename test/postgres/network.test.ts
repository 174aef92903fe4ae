import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import pg from "pg";
import { NO_PSQL, psql } from "./psql";
import { ADA } from "./testTenant";
import { connection, HOST, nameOf, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
const user = nameOf(ADA);

before(async () => {
    t = await startTestServers();
    await t.server.addAdministrator({ roleName: user, objectId: ADA.objectId, principalType: "User" });
});
after(() => t?.stop());

const SSL_REQUEST = Buffer.from("0000000804d2162f", "hex");
const GSSENC_REQUEST = Buffer.from("0000000804d21630", "hex");

async function open(): Promise<Socket> {
    const socket = connect(t.server.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
}

/** Everything that the server says until it closes. */
async function answerTo(socket: Socket, ...sent: Buffer[]): Promise<string> {
    let said = "";
    socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    for (const bytes of sent) socket.write(bytes);
    if (!socket.closed) await once(socket, "close");
    return said;
}

function startup(parameters: Record<string, string>, version = 0x30000): Buffer {
    const text = Object.entries(parameters).flat().join("\0");
    const body = Buffer.from(`${text}\0\0`);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8);
    head.writeUInt32BE(version, 4);
    return Buffer.concat([head, body]);
}

async function secure(options: ConnectionOptions = {}): Promise<Socket> {
    const socket = connectTls({
        host: "127.0.0.1",
        port: t.server.port,
        ca: t.ca.certificate,
        servername: HOST,
        ...options,
    });
    await once(socket, "secureConnect");
    return socket;
}

async function afterSslRequest(): Promise<Socket> {
    const plain = await open();
    plain.write(SSL_REQUEST);
    assert.equal(String((await once(plain, "data"))[0]), "S");
    const socket = connectTls({ socket: plain, ca: t.ca.certificate, servername: HOST });
    await once(socket, "secureConnect");
    return socket;
}

describe("encryption", () => {
    it("F16: a connection without TLS is refused, naming host, user and database", async () => {
        const client = new pg.Client({
            ...connection(t.server, t.ca),
            ssl: false,
            user,
            password: await t.tokens.token(ADA),
        });
        client.on("error", () => undefined);
        await assert.rejects(
            client.connect(),
            sqlError(
                "28000",
                `no pg_hba.conf entry for host "203.0.113.25", user "${user}", database "postgres", no encryption`,
            ),
        );
    });

    it("bytes sent ahead of the handshake end the connection (CVE-2021-23214)", async () => {
        const answer = await answerTo(await open(), Buffer.concat([SSL_REQUEST, startup({ user })]));
        assert.match(answer, /received unencrypted data after SSL request/);
        assert.ok(!answer.startsWith("S"));
    });

    it("GSS encryption is declined, TLS may follow", async () => {
        const socket = await open();
        socket.write(GSSENC_REQUEST);
        assert.equal(String((await once(socket, "data"))[0]), "N");
        socket.write(SSL_REQUEST);
        assert.equal(String((await once(socket, "data"))[0]), "S");
        socket.destroy();
    });

    it("direct TLS, with ALPN postgresql", async () => {
        const socket = await secure({ ALPNProtocols: ["postgresql"] });
        assert.equal((socket as Socket & { alpnProtocol: string }).alpnProtocol, "postgresql");
        socket.write(startup({ user, database: "postgres" }));
        const [answer] = (await once(socket, "data")) as [Buffer];
        assert.equal(answer.toString("hex"), "520000000800000003", "the password is asked for");
        socket.destroy();
    });

    it("direct TLS without it, or with another protocol, is refused", async () => {
        const socket = await secure().catch(() => undefined);
        if (socket) assert.equal(await answerTo(socket, startup({ user })), "");
        await assert.rejects(secure({ ALPNProtocols: ["http/1.1"] }));
    });

    it("TLS 1.1 is refused", async () => {
        await assert.rejects(
            secure({ maxVersion: "TLSv1.1", minVersion: "TLSv1.1", ALPNProtocols: ["postgresql"] }),
        );
    });
});

describe("startup messages", () => {
    it("an older protocol, no user, a name twice, no end: refused in PostgreSQL's words", async () => {
        const cases: [Buffer, RegExp][] = [
            [startup({ user }, 0x20000), /C0A000\0Munsupported frontend protocol 2\.0/],
            [startup({ database: "x" }), /C28000\0Mno PostgreSQL user name specified in startup packet/],
            [
                Buffer.concat([Buffer.from([0, 0, 0, 14, 0, 3, 0, 0]), Buffer.from("user\0a")]),
                /C08P01\0Minvalid startup packet layout/,
            ],
            [Buffer.from([0, 1, 0, 0]), /C08P01/],
            [Buffer.from([0, 0, 0, 2]), /C08P01/],
        ];
        for (const [message, expected] of cases) {
            assert.match(await answerTo(await afterSslRequest(), message), expected);
        }
    });

    it("protocol 3.2 and its options are negotiated down to 3.0", async () => {
        const socket = await afterSslRequest();
        socket.write(startup({ user, "_pq_.something": "1" }, 0x30002));
        const [answer] = (await once(socket, "data")) as [Buffer];
        assert.equal(answer[0], "v".charCodeAt(0));
        assert.match(answer.toString("latin1"), /_pq_\.something\0/);
        socket.destroy();
    });

    it("settings of the startup message reach PostgreSQL", async () => {
        const client = await t.as(ADA, undefined, { application_name: "my app", options: "-c work_mem=5MB" });
        const { rows } = await client.query(
            "select current_setting('application_name') as a, current_setting('work_mem') as w",
        );
        assert.deepEqual(rows, [{ a: "my app", w: "5MB" }]);
        await client.end();
    });

    it("a database that does not exist is PostgreSQL's to refuse", async () => {
        await assert.rejects(t.as(ADA, undefined, { database: "nowhere" }), sqlError("3D000"));
    });

    it("garbage and half messages harm nobody else", async () => {
        const client = await t.as(ADA);
        const garbage = [
            Buffer.alloc(0),
            Buffer.from("GET / HTTP/1.1\r\n\r\n"),
            Buffer.alloc(100_000, 0xff),
            SSL_REQUEST.subarray(0, 5),
        ];
        for (const bytes of garbage) {
            const socket = await open();
            socket.on("error", () => undefined);
            socket.end(bytes);
            socket.resume();
            await once(socket, "close");
        }
        const hanging = await afterSslRequest();
        hanging.on("error", () => undefined);
        hanging.write(startup({ user }));
        hanging.destroy();
        assert.equal((await client.query("select 1 as one")).rows[0].one, 1);
        await client.end();
    });
});

describe("the relay", () => {
    it("large rows and large statements pass whole, both ways", async () => {
        const client = await t.as(ADA);
        const text = "x".repeat(30_000_000);
        const { rows } = await client.query("select length($1) as sent, repeat('y', 30000000) as got", [
            text,
        ]);
        assert.equal(rows[0].sent, text.length);
        assert.equal(rows[0].got.length, 30_000_000);
        await client.end();
    });

    it("an empty statement is one, too", async () => {
        const client = await t.as(ADA);
        assert.equal((await client.query("")).rows.length, 0);
        assert.equal((await client.query("-- nothing")).rows.length, 0);
        await client.end();
    });

    it("the client goes, the session ends", async () => {
        const client = await t.as(ADA, undefined, { application_name: "leaver" });
        (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
        const gone = "select count(*)::int as n from pg_stat_activity where application_name = 'leaver'";
        for (let i = 0; i < 200 && (await t.server.superuserQuery(gone))[0]!.n !== 0; i++) await sleep(10);
        assert.equal((await t.server.superuserQuery(gone))[0]!.n, 0);
    });

    it("a statement is cancelled", { skip: NO_PSQL }, async () => {
        const where = { host: HOST, hostaddr: "127.0.0.1", port: t.server.port, user, dbname: "postgres" };
        // Interrupted before its statement runs, psql just ends.
        const running =
            "select 1 from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'";
        const untilRunning = async () => {
            for (let i = 0; i < 1_000 && (await t.server.superuserQuery(running)).length === 0; i++)
                await sleep(20);
        };
        const result = await psql(
            { ...where, sslmode: "verify-full", sslrootcert: t.caFile },
            "select pg_sleep(30)",
            {
                password: await t.tokens.token(ADA),
                interruptAfter: untilRunning(),
            },
        );
        assert.match(result.err, /canceling statement due to user request/);
    });
});
