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
 * @param where the value stands, for errors: the file, and below it the key
 * @throws Error where a secret was not made with the passphrase `local`
 */
export function openSecrets(value: unknown, encryptionsalt: string | undefined, where: string): unknown {
    const inside = (inner: unknown, key: string | number) =>
        openSecrets(inner, encryptionsalt, `${where}: ${key}`);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    const { secure } = value as { secure?: unknown };
    if (typeof secure === "string" && Object.keys(value).length === 1)
        return open(secure, encryptionsalt, where);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inside(inner, key)]));
}

function open(secure: string, encryptionsalt: string | undefined, where: string): string {
    const [, salt] = (encryptionsalt ?? "").split(":");
    const [version, nonce, sealed] = secure.split(":");
    if (!salt || version !== "v1" || !nonce || !sealed)
        throw new Error(
            `${where}: the secret has no salt in the file, or is of another kind than v1. ${REMEDY}`,
        );
    const bytes = Buffer.from(sealed, "base64");
    try {
        const decipher = createDecipheriv("aes-256-gcm", keyFrom(salt), Buffer.from(nonce, "base64"));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const opened = [decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()];
        return Buffer.concat(opened).toString("utf8");
    } catch (error) {
        throw new Error(`${where}: the secret was made with another passphrase. ${REMEDY}`, { cause: error });
    }
}

const REMEDY = `A rehearsal opens secrets made with the passphrase '${LOCAL_PASSPHRASE}' alone: set it anew with PULUMI_CONFIG_PASSPHRASE=${LOCAL_PASSPHRASE}`;

const keys = new Map<string, Buffer>();

/** Takes a good part of a second. */
function keyFrom(salt: string): Buffer {
    const known = keys.get(salt);
    if (known) return known;
    const key = pbkdf2Sync(LOCAL_PASSPHRASE, Buffer.from(salt, "base64"), ITERATIONS, KEY_BYTES, "sha256");
    keys.set(salt, key);
    return key;
}
