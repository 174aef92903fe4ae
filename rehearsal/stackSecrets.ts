import { createDecipheriv, pbkdf2Sync } from "node:crypto";

/**
 * Secrets in a stack's file, as the CLI writes them with a passphrase: AES-256-GCM with a key derived from the passphrase and the
 * file's salt.
 */

/** Not a secret: nothing in the stack `local` is one. It opens the checked-in salt of its files. */
export const LOCAL_PASSPHRASE = "local";

const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/**
 * The value with every `{secure: …}` in it opened.
 *
 * @param encryptionsalt of the file
 * @throws Error where a secret was not made with the passphrase `local`
 */
export function openSecrets(value: unknown, encryptionsalt: string | undefined): unknown {
    if (Array.isArray(value)) return value.map((element: unknown) => openSecrets(element, encryptionsalt));
    if (typeof value !== "object" || value === null) return value;
    const { secure } = value as { secure?: unknown };
    if (typeof secure === "string" && Object.keys(value).length === 1) return open(secure, encryptionsalt);
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, openSecrets(inner, encryptionsalt)]),
    );
}

function open(secure: string, encryptionsalt: string | undefined): string {
    const [, salt] = (encryptionsalt ?? "").split(":");
    const [version, nonce, sealed] = secure.split(":");
    if (!salt || version !== "v1" || !nonce || !sealed)
        throw new Error("a secret of the stack's file has no salt, or is of another kind than v1");
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", keyFrom(salt), Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
}

const keys = new Map<string, Buffer>();

/** Takes a good part of a second. */
function keyFrom(salt: string): Buffer {
    const known = keys.get(salt);
    if (known) return known;
    const key = pbkdf2Sync(LOCAL_PASSPHRASE, Buffer.from(salt, "base64"), ITERATIONS, KEY_BYTES, "sha256");
    keys.set(salt, key);
    return key;
}
