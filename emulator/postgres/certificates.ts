/** The local Azure's certificate authority, and the certificates of its servers. */

import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, webcrypto } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CLOUDS } from "../../components/clouds";

const CA_LIFETIME_DAYS = 3650;
/** What TLS clients of today accept at most. */
const SERVER_LIFETIME_DAYS = 397;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Elliptic curve: a new key takes a millisecond, where RSA takes up to a second. */
const KEYS = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface ServerCertificate {
    /** PEM, the server's own certificate alone. */
    certificate: string;
    /** PEM. */
    privateKey: string;
}

export class CertificateAuthority {
    /** PEM of the authority's certificate, for `sslrootcert`. */
    readonly certificate: string;
    /** Where `certificate` lies as a file; `undefined` where the authority lives in memory. */
    readonly certificateFile: string | undefined;
    readonly #keys: webcrypto.CryptoKeyPair;
    readonly #issuer: x509.X509Certificate;

    private constructor(
        keys: webcrypto.CryptoKeyPair,
        issuer: x509.X509Certificate,
        certificateFile?: string,
    ) {
        this.certificate = `${issuer.toString("pem")}\n`;
        this.certificateFile = certificateFile;
        this.#keys = keys;
        this.#issuer = issuer;
    }

    /** A new authority that lives in memory only. */
    static async create(): Promise<CertificateAuthority> {
        const keys = await newKeys();
        const issuer = await newAuthorityCertificate(keys);
        return new CertificateAuthority(keys, issuer);
    }

    /**
     * The authority in `folder`; made there where it is missing. `ca.pem` is its certificate, for clients.
     * `ca.key`, which only its owner may read, holds key and certificate together, so that two processes that
     * start at once cannot mix theirs.
     */
    static async open(folder: string): Promise<CertificateAuthority> {
        const file = path.join(folder, "ca.key");
        const certificateFile = path.join(folder, "ca.pem");
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const found = await findAuthority(file);
        if (found !== "usable") await writePrivately(file, await newAuthority(), found === "expiring");
        await chmod(file, 0o600);
        const [key, certificate] = x509.PemConverter.decode(await readFile(file, "utf8"));
        const issuer = new x509.X509Certificate(certificate!);
        const privateKey = await webcrypto.subtle.importKey("pkcs8", key!, KEYS, true, ["sign"]);
        const keys = { privateKey, publicKey: await issuer.publicKey.export() };
        const authority = new CertificateAuthority(keys, issuer, certificateFile);
        await writeFile(certificateFile, authority.certificate);
        return authority;
    }

    /**
     * A new certificate for a server, with a new key. It holds the real host name, the name with which every
     * flexible server can be reached, and the loopback names for clients that connect without a map of names.
     *
     * @param host full host name, for instance `pg-local.postgres.database.azure.com`.
     */
    async issue(host: string): Promise<ServerCertificate> {
        const keys = await newKeys();
        const names = new Set([host, `*.${CLOUDS.Local.hostSuffix}`, "localhost"]);
        const certificate = await x509.X509CertificateGenerator.create({
            serialNumber: newSerialNumber(),
            // The common name has room for 64 characters; clients go by the alternative names.
            subject: [{ CN: [host.slice(0, 64)] }],
            issuer: this.#issuer.subject,
            ...validity(SERVER_LIFETIME_DAYS),
            publicKey: keys.publicKey,
            signingKey: this.#keys.privateKey,
            signingAlgorithm: KEYS,
            extensions: [
                new x509.BasicConstraintsExtension(false, undefined, true),
                new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
                new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
                new x509.SubjectAlternativeNameExtension([
                    ...[...names].map((value) => ({ type: "dns" as const, value })),
                    { type: "ip", value: "127.0.0.1" },
                ]),
                await x509.AuthorityKeyIdentifierExtension.create(this.#issuer.publicKey),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            ],
        });
        return { certificate: certificate.toString("pem"), privateKey: await pemOfPrivateKey(keys) };
    }
}

async function newAuthorityCertificate(keys: webcrypto.CryptoKeyPair): Promise<x509.X509Certificate> {
    return x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: newSerialNumber(),
        // Two authorities must not share a name, or clients that know both pick the wrong key.
        name: [{ CN: [`Local Azure ${newSerialNumber().slice(0, 8)}`] }],
        ...validity(CA_LIFETIME_DAYS),
        keys,
        signingAlgorithm: KEYS,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
}

/** From a day ago, so that a clock that is a little off does no harm. */
function validity(days: number): { notBefore: Date; notAfter: Date } {
    return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(KEYS, true, ["sign", "verify"]);
}

/** Positive, as X.509 wants it. */
function newSerialNumber(): string {
    const random = webcrypto.getRandomValues(new Uint8Array(32));
    return `4${createHash("sha256").update(random).digest("hex").slice(0, 31)}`;
}

async function pemOfPrivateKey(keys: webcrypto.CryptoKeyPair): Promise<string> {
    return x509.PemConverter.encode(
        await webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
        "PRIVATE KEY",
    );
}

/** Key and certificate of a new authority, as PEM. */
async function newAuthority(): Promise<string> {
    const keys = await newKeys();
    const certificate = await newAuthorityCertificate(keys);
    return `${await pemOfPrivateKey(keys)}\n${certificate.toString("pem")}\n`;
}

/** `expiring`: it does not outlive the certificates that it is to issue. */
async function findAuthority(file: string): Promise<"missing" | "expiring" | "usable"> {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
    });
    if (text === undefined) return "missing";
    const [, certificate] = x509.PemConverter.decode(text);
    if (!certificate)
        throw new Error(`${file} holds no certificate authority. Remove it to have a new one made.`);
    const needed = Date.now() + SERVER_LIFETIME_DAYS * DAY_MS;
    return new x509.X509Certificate(certificate).notAfter.getTime() > needed ? "usable" : "expiring";
}

/** Never readable by others, not even for a moment, and never half there; the first of several writers wins. */
async function writePrivately(file: string, text: string, replace: boolean): Promise<void> {
    const unfinished = `${file}.${newSerialNumber()}`;
    await writeFile(unfinished, text, { mode: 0o600, flag: "wx" });
    if (replace) return rename(unfinished, file);
    try {
        await link(unfinished, file);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
        await rm(unfinished, { force: true });
    }
}
