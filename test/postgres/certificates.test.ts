import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { CertificateAuthority } from "../../emulator/postgres/certificates";

const HOST = "pg-local.postgres.database.azure.com";
let folder: string;
before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "test-ca-"));
});
after(() => rm(folder, { recursive: true }));

/** The error of a handshake for a name; `undefined` where all is well. */
async function handshake(
    ca: CertificateAuthority,
    trusted: string,
    servername: string,
): Promise<string | undefined> {
    const { certificate, privateKey } = await ca.issue(HOST);
    const server = createServer({ cert: certificate, key: privateKey }, (socket: TLSSocket) => socket.end());
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const client = connect({ port, host: "127.0.0.1", ca: trusted, servername });
    try {
        await once(client, "secureConnect");
        return undefined;
    } catch (error) {
        return (error as { code: string }).code;
    } finally {
        client.destroy();
        server.close();
    }
}

describe("server certificates", () => {
    it("are good for the real host name, any flexible server's, and loopback; for nothing else", async () => {
        const ca = await CertificateAuthority.create();
        const names = [HOST, "pg-other.postgres.database.azure.com", "localhost"];
        for (const name of names) assert.equal(await handshake(ca, ca.certificate, name), undefined, name);
        const { certificate } = await ca.issue(HOST);
        const parsed = new X509Certificate(certificate);
        assert.ok(parsed.checkIP("127.0.0.1"));
        for (const name of [
            "evil.example.com",
            "postgres.database.azure.com",
            "a.b.postgres.database.azure.com",
        ]) {
            assert.equal(await handshake(ca, ca.certificate, name), "ERR_TLS_CERT_ALTNAME_INVALID", name);
        }
        assert.equal(parsed.ca, false);
    });

    it("of another authority are refused", async () => {
        const [one, other] = [await CertificateAuthority.create(), await CertificateAuthority.create()];
        assert.notEqual(await handshake(one, other.certificate, HOST), undefined);
    });

    it("of a host in another cloud, and of a long name", async () => {
        const ca = await CertificateAuthority.create();
        const long = `${"n".repeat(63)}.postgres.database.chinacloudapi.cn`;
        assert.ok(new X509Certificate((await ca.issue(long)).certificate).checkHost(long));
    });
});

describe("an authority in a folder", () => {
    it("is made once, is the same afterwards, and only its owner reads the key", async () => {
        const place = path.join(folder, "one");
        const first = await CertificateAuthority.open(place);
        const again = await CertificateAuthority.open(place);
        assert.equal(again.certificate, first.certificate);
        assert.equal(await readFile(first.certificateFile!, "utf8"), first.certificate);
        assert.ok(!first.certificate.includes("PRIVATE"));
        if (process.platform !== "win32") {
            assert.equal((await stat(path.join(place, "ca.key"))).mode & 0o777, 0o600);
        }
        assert.equal(await handshake(again, first.certificate, HOST), undefined);
        assert.deepEqual((await readdir(place)).sort(), ["ca.key", "ca.pem"]);
    });

    it("opened by several at once is one authority", async () => {
        const place = path.join(folder, "many");
        const all = await Promise.all(Array.from({ length: 8 }, () => CertificateAuthority.open(place)));
        assert.equal(new Set(all.map((ca) => ca.certificate)).size, 1);
    });

    it("that is unreadable is an error, not a new authority", async () => {
        const place = path.join(folder, "broken");
        await CertificateAuthority.open(place);
        await writeFile(path.join(place, "ca.key"), "garbage");
        await assert.rejects(CertificateAuthority.open(place), /holds no certificate authority\. Remove it/);
    });
});
