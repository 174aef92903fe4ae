import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { Connections, type ConnectionArgs } from "../../components/provider/connection";
import { lockForTransaction } from "../../components/provider/sql";
import { reconcile } from "../../components/provider/reconcile";
import { specOf } from "../../components/provider/principalSpec";
import { CertificateAuthority } from "../../emulator/postgres/certificates";
import { DEPLOYER, HOST, OTHER_ADMIN, Running } from "./running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

const args = (more: Partial<ConnectionArgs> = {}) =>
    ({ host: HOST, user: "DBA", cloud: "Local", ...more }) as ConnectionArgs;
const ask = async (connections: Connections, given: ConnectionArgs, text = "select current_user as user") => {
    try {
        return await connections.use(
            given,
            async (client) => (await client.query(text)).rows[0] as Record<string, unknown>,
        );
    } finally {
        await connections.close();
    }
};
const connections = (deadline = 3_000) => new Connections({ deadline });

test("E14: every new connection has a token of its own, a pooled one none", async () => {
    let tokens = 0;
    const counted = new Connections({
        tokens: async () => {
            tokens++;
            return local.issuer.issue({ objectId: DEPLOYER });
        },
    });
    const one = () => counted.use(args(), (client) => client.query("select 1"));
    await one();
    await one();
    assert.equal(tokens, 1);
    await Promise.all([one(), one(), one()]);
    assert.equal(tokens, 3);
    await counted.close();
    await assert.rejects(one(), /closed already/);
});

test("E11: a wrong user name is refused at once, with the server's words and the fix", async () => {
    const started = performance.now();
    await assert.rejects(ask(connections(60_000), args({ user: "second-admin" })), (error: Error) => {
        assert.match(
            error.message,
            /server 'pg-test\.postgres\.database\.azure\.com', database 'postgres': connecting failed: .*SQLSTATE 28/s,
        );
        assert.match(error.message, /Fix: connection\.user must be the role name.*'second-admin' was tried/);
        return true;
    });
    assert.ok(performance.now() - started < 30_000, "a refused sign-in was repeated");
});

test("F17: an expired token is refused and not tried again", async () => {
    let tokens = 0;
    const expired = new Connections({
        tokens: async () => (tokens++, local.issuer.forge("expired", { objectId: DEPLOYER })),
    });
    await assert.rejects(ask(expired, args()), /SQLSTATE 28/);
    assert.equal(tokens, 1);
});

test("F6: who signs in but is no Entra administrator is told so", async () => {
    const objectId = local.identity("mere-app");
    await local.create(local.inputs("mere", objectId));
    const mere = new Connections({ tokens: () => local.issuer.issue({ objectId }) });
    const spec = specOf(local.inputs("never", local.identity("never")));
    await assert.rejects(
        reconcile(mere, args({ user: "mere" }), [{ spec }]),
        /principal 'never' .*only Microsoft Entra administrators.*'mere' is signed in.*\n'mere' has no CREATEROLE.*ALTER ROLE "mere" CREATEROLE/,
    );
    await mere.close();
});

test("F60: another database has no pgaadauth functions, and the error says so", async () => {
    const spec = specOf(local.inputs("elsewhere", local.identity("elsewhere")));
    await local.server.createDatabase("app");
    const elsewhere = connections();
    await assert.rejects(
        reconcile(elsewhere, args({ database: "app" }), [{ spec }]),
        /does not exist \(SQLSTATE 42883.*the pgaadauth functions exist in the database postgres/s,
    );
    await elsewhere.close();
});

test("a certificate of another authority is refused, and so is one for another host", async () => {
    const foreign = path.join(local.folder, "foreign.pem");
    writeFileSync(foreign, (await CertificateAuthority.create()).certificate);
    await assert.rejects(
        ask(connections(), args({ caFile: foreign })),
        /connecting failed: .*certificate.*Fix: the server's certificate/s,
    );
    const address = `127.0.0.1:${local.server.port}`;
    const caFile = local.ca.certificateFile!;
    const other = { host: "pg-test.example.com", address, caFile };
    await assert.rejects(ask(connections(), args(other)), /altnames|Hostname/i);
});

test("an address changes where the connection goes, not the name that TLS checks", async () => {
    const answer = await ask(connections(), args({ address: `localhost:${local.server.port}` }));
    assert.deepEqual(answer, { user: "DBA" });
    await assert.rejects(
        ask(connections(), args({ cloud: "Public", address: `127.0.0.1:${local.server.port}` })),
        /connecting failed: .*certificate/s,
    );
});

test("TLS is checked whatever the environment says", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    process.env["PGSSLMODE"] = "disable";
    try {
        await assert.rejects(
            ask(connections(), args({ cloud: "Public", address: `127.0.0.1:${local.server.port}` })),
            /certificate/,
        );
    } finally {
        delete process.env["PGSSLMODE"];
        if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
        else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
});

test("F16: a server without TLS gets neither user nor token", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (data) => {
            heard.push(data);
            socket.write("N");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
        await assert.rejects(
            ask(connections(), args({ address })),
            /does not support SSL connections.*Fix: connections are made with TLS only/s,
        );
    } finally {
        server.close();
    }
    assert.ok(
        heard.length > 0 && heard.every((data) => data.length === 8),
        "more than the TLS request was sent",
    );
});

test("a custom authority is refused elsewhere, though a caller forgot to check", async () => {
    const caFile = local.ca.certificateFile!;
    const address = `127.0.0.1:${local.server.port}`;
    await assert.rejects(
        ask(connections(), args({ cloud: "Public", address, caFile })),
        /caFile is for cloud Local only/,
    );
    await assert.rejects(
        ask(connections(), args({ address: "10.0.0.4:5432", caFile })),
        /is not on this machine/,
    );
});

test("a restart of PostgreSQL is waited out: before a connection and on an open one", async () => {
    const patient = connections(20_000);
    const user = () =>
        patient.use(
            args(),
            async (client) => (await client.query("select current_user as user")).rows[0] as object,
        );
    await user();
    await local.server.restart();
    assert.deepEqual(await user(), { user: "DBA" });
    await local.server.stop();
    const waiting = user();
    setTimeout(() => void local.server.start(), 300);
    assert.deepEqual(await waiting, { user: "DBA" });
    await patient.close();
});

test("a connection lost in the middle of the work is made up for", async () => {
    local.faults.add({ kind: "DropConnection", target: "pg-test", times: 2 });
    const objectId = local.identity("survivor-app");
    await local.create(local.inputs("survivor", objectId));
    local.faults.clear();
    assert.ok(await local.role("survivor"));
});

test("a commit whose answer is lost is asked for, not repeated: creation by name stays the owner of its role", async () => {
    local.identity("lost@contoso.com", "User");
    const spec = specOf({ name: "lost@contoso.com", principalType: "User" });
    const lossy = connections(10_000);
    let commits = 0;
    const use = lossy.use.bind(lossy);
    lossy.use = (given, action, options) =>
        use(
            given,
            (client) => {
                const query = client.query.bind(client) as (...all: unknown[]) => Promise<unknown>;
                client.query = (async (...all: unknown[]) => {
                    const answer = await query(...all);
                    if (all[0] !== "commit" || ++commits > 1) return answer;
                    throw new Error("Connection terminated unexpectedly");
                }) as never;
                return action(client);
            },
            options,
        );
    const [role] = await reconcile(lossy, args(), [{ spec }]);
    assert.deepEqual([role!.name, commits], ["lost@contoso.com", 1]);
    await lossy.close();
});

test("an aborted operation ends, and its transaction is rolled back", async () => {
    const holder = connections();
    const controller = new AbortController();
    const blocked = new Promise<void>((resolve, reject) => {
        void holder
            .use(args(), async (client) => {
                await client.query("begin");
                await client.query(lockForTransaction);
                const spec = specOf(local.inputs("aborted", local.identity("aborted")));
                const other = connections();
                const waiting = reconcile(other, args(), [{ spec }], { signal: controller.signal });
                setTimeout(() => controller.abort(new Error("cancelled")), 300);
                await assert.rejects(waiting, /cancelled/);
                await client.query("rollback");
                await other.close();
            })
            .then(resolve, reject);
    });
    await blocked;
    await holder.close();
    assert.equal(await local.role("aborted"), undefined);
});

test("E2: another administrator can be the one who signs in", async () => {
    const second = new Connections({ tokens: () => local.issuer.issue({ objectId: OTHER_ADMIN }) });
    const answer = await ask(second, args({ user: "second-admin" }));
    assert.equal(answer["user"], "second-admin");
});

test("E15: a change waits while another deployment holds the lock of all role changes", async () => {
    const holder = await local.signIn("DBA", DEPLOYER);
    await holder.query("begin");
    await holder.query(lockForTransaction);
    let done = false;
    const change = local
        .create(local.inputs("patient", local.identity("patient")))
        .finally(() => (done = true));
    const waiting = async () => {
        const [row] = await local.sql(
            "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted",
        );
        return row!["n"] === 1;
    };
    while (!done && !(await waiting()));
    assert.equal(done, false, "the change did not wait");
    await holder.query("commit");
    await holder.end();
    assert.equal((await change).properties["name"], "patient");
});
