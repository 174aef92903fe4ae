import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Gateway, type GatewayOptions } from "../../emulator/postgres/gateway";
import type { RowSource } from "../../emulator/postgres/roleDirectory";
import { tokenVerifier } from "../../emulator/postgres/tokenCheck";
import { ADA, TENANT } from "./testTenant";
import { HOST, nameOf, OPEN, sqlError, startTestServers, type TestServers } from "./testServers";

let t: TestServers;
const user = nameOf(ADA);

before(async () => {
    t = await startTestServers({
        passwordEnabled: true,
        administratorLogin: "boss",
        administratorLoginPassword: "Password-1",
    });
    await t.server.addAdministrator({ roleName: user, objectId: ADA.objectId, principalType: "User" });
});
after(() => t?.stop());
afterEach(() => {
    Object.assign(t.surroundings, OPEN);
    t.faults.clear();
});

describe("the firewall", () => {
    const refused = `no pg_hba.conf entry for host "203.0.113.25", user "${user}", database "postgres", SSL encryption`;

    it("an address without a rule is refused, token and password alike; a changed rule counts at once", async () => {
        t.surroundings.refusalOfAddress = (address) => `no firewall rule for ${address}`;
        await assert.rejects(t.as(ADA), (error: Error & { code?: string; detail?: string }) => {
            assert.deepEqual([error.code, error.message], ["28000", refused]);
            assert.equal(error.detail, "no firewall rule for 203.0.113.25");
            return true;
        });
        await assert.rejects(t.whoami("boss", "Password-1"), sqlError("28000"));
        t.surroundings.refusalOfAddress = () => undefined;
        assert.equal(await t.whoami("boss", "Password-1"), "boss");
    });

    it("the pretended address is the one that is asked about", async () => {
        t.surroundings.refusalOfAddress = (address) => (address === "198.51.100.7" ? undefined : "no");
        t.servers.clientAddress = "198.51.100.7";
        await (await t.as(ADA)).end();
        t.servers.clientAddress = "203.0.113.25";
        await assert.rejects(t.as(ADA), sqlError("28000"));
    });

    it("F8, F10, F11: a server that cannot reach Entra refuses tokens, and only those", async () => {
        t.surroundings.entraUnreachable = () => "no outbound rule for AzureActiveDirectory";
        await assert.rejects(t.as(ADA), (error: Error & { code?: string; detail?: string }) => {
            assert.equal(error.code, "28000");
            assert.match(error.message, /^Microsoft Entra ID cannot be reached/);
            assert.match(error.detail!, /AzureActiveDirectory/);
            return true;
        });
        assert.equal(await t.whoami("boss", "Password-1"), "boss");
    });
});

describe("while PostgreSQL is down", () => {
    it("sign-ins are answered 57P03, never 28000; the port stays", async () => {
        const { port } = t.server;
        await t.server.stop();
        await assert.rejects(t.as(ADA), sqlError("57P03"));
        await assert.rejects(t.whoami("boss", "Password-1"), sqlError("57P03"));
        await t.server.start();
        assert.equal(t.server.port, port);
        await (await t.as(ADA)).end();
    });

    it("also when it crashed, and a start brings it back", async () => {
        const client = await t.as(ADA);
        const lost = once(client, "error");
        const [row] = await t.server.superuserQuery<{ pid: string }>(
            "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid",
        );
        process.kill(Number(row!.pid), "SIGKILL");
        await lost;
        await assert.rejects(t.as(ADA), sqlError("57P03"));
        await t.server.start();
        await (await t.as(ADA)).end();
    });

    it("also where it stopped answering a moment ago: 28000 would end a client's retries", async () => {
        const never = (): never => assert.fail();
        const options: GatewayOptions = {
            serverName: "pg-test",
            certificate: await t.ca.issue(HOST),
            verifyToken: never,
            directory: t.directory,
            faults: t.faults,
            surroundings: OPEN,
            clientAddress: () => "203.0.113.25",
            authentication: () => ({ entraEnabled: true, passwordEnabled: false }),
            upstream: () => "/nowhere/.s.PGSQL.5432",
            superuser: () => ({ query: () => Promise.reject(new Error("Connection terminated")) }),
            updateDirectory: () => undefined,
            restart: never,
        };
        const cannotAsk = await Gateway.listen(options);
        await assert.rejects(t.connect(user, "x", { port: cannotAsk.port }), sqlError("57P03"));
        await cannotAsk.close();
        const label = `aadauth,oid=${ADA.objectId},type=user`;
        const rows = [{ rolsuper: false, verifier: null, labels: [label] }];
        const superuser = (): RowSource => ({ query: () => Promise.resolve({ rows }) });
        const verifyToken = tokenVerifier({ jwks: t.tokens.jwks, tenantId: TENANT });
        const cannotConnect = await Gateway.listen({ ...options, superuser, verifyToken });
        const token = await t.tokens.token(ADA);
        await assert.rejects(t.connect(user, token, { port: cannotConnect.port }), sqlError("57P03"));
        await cannotConnect.close();
    });

    it("a restart ends sessions with 57P01", async () => {
        const client = await t.as(ADA);
        const lost = once(client, "error");
        await t.server.restart();
        assert.equal(((await lost)[0] as { code?: string }).code, "57P01");
        await (await t.as(ADA)).end();
    });
});

describe("faults", () => {
    it("DropConnection cuts the connection after the sign-in, once", async () => {
        t.faults.add({ kind: "DropConnection", target: "pg-test" });
        const client = await t.as(ADA);
        await assert.rejects(client.query("select pg_sleep(5)"));
        await (await t.as(ADA)).end();
    });

    it("RestartPostgres answers 57P03 until it is back", async () => {
        t.faults.add({ kind: "RestartPostgres", target: "pg-test" });
        await assert.rejects(t.as(ADA), sqlError("57P03"));
        for (let i = 0; ; i++) {
            const again = await t.as(ADA).catch((error: { code?: string }) => error);
            if (again instanceof pg.Client) return again.end();
            assert.equal(again.code, "57P03");
            assert.ok(i < 500);
            await sleep(10);
        }
    });

    it("those of another server do not strike", async () => {
        t.faults.add({ kind: "DropConnection", target: "pg-other" });
        const client = await t.as(ADA);
        await client.query("select 1");
        await client.end();
    });
});
