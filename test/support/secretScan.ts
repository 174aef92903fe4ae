import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** Access tokens begin so: base64url of `{"`. */
const TOKEN = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/;

/** Where a text holds a token or one of the secrets: plain, or inside anything that is base64 or compressed. */
export function findSecrets(text: string, secrets: string[]): string[] {
    return [text, ...decoded(text)].flatMap((layer) => [
        ...(TOKEN.test(layer) ? ["an access token"] : []),
        ...secrets
            .filter((secret) => layer.includes(secret))
            .map((secret) => `the secret ${secret.slice(0, 3)}…`),
    ]);
}

/** The same for every file below a folder; each finding names its file. */
export function findSecretsInFolder(folder: string, secrets: string[]): string[] {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
        path.join(folder, name),
    );
    return files
        .filter((file) => statSync(file).isFile())
        .flatMap((file) => findSecrets(textOf(file), secrets).map((finding) => `${file}: ${finding}`));
}

function textOf(file: string): string {
    const bytes = readFileSync(file);
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}

function decoded(text: string): string[] {
    const runs = text.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? [];
    return runs.map((run) => Buffer.from(run, "base64").toString("latin1"));
}
