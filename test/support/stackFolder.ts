import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument, type Document } from "yaml";

const ROOT = path.join(__dirname, "..", "..");

/** How a secret stands in a file whose key is a key vault's: there is no salt, and no passphrase opens it. */
export const SEALED_ELSEWHERE = { secure: "v1:abc:def" };

/** A project's folder with one stack: another stack's file, changed as a person would. */
export class StackFolder {
    readonly folder = mkdtempSync(path.join(tmpdir(), "stack-folder-"));

    /** @param from relative to the project's folder */
    constructor(stack: string, from: string, change: (document: Document) => void) {
        copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(this.folder, "Pulumi.yaml"));
        const document = parseDocument(readFileSync(path.join(ROOT, from), "utf8"));
        document.delete("encryptionsalt");
        change(document);
        writeFileSync(path.join(this.folder, `Pulumi.${stack}.yaml`), document.toString());
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** A path into a stack's file, to a key of the project's own. */
export function inConfig(...keys: (string | number)[]): (string | number)[] {
    return ["config", `passwordless-postgres:${keys[0]}`, ...keys.slice(1)];
}
