import { existsSync, readFileSync } from "node:fs";
import { chmod, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { JWK } from "jose";
import { Directory } from "./directory";
import type { TokenIssuer } from "./tokenIssuer";

/** The tenant's objects and signing key in a file that only its owner reads, so that ids and tokens outlive a restart. */
export class TenantFile {
    readonly #file: string;
    #writing: Promise<void> = Promise.resolve();

    constructor(folder: string) {
        this.#file = path.join(folder, "tenant.json");
    }

    directory(): Directory | undefined {
        const kept = this.#read();
        return kept && Directory.fromJSON(kept.directory);
    }

    signingKey(): JWK | undefined {
        return this.#read()?.signingKey;
    }

    /** One write after another, each whole; one that fails does not hinder the next. */
    save(directory: Directory, tokens: TokenIssuer): Promise<void> {
        const turn = this.#writing.then(() => this.#write(directory, tokens));
        this.#writing = turn.catch(() => undefined);
        return turn;
    }

    async #write(directory: Directory, tokens: TokenIssuer): Promise<void> {
        const content = { directory: directory.toJSON(), signingKey: tokens.exportPrivateJwk() };
        const partial = `${this.#file}.partial`;
        await writeFile(partial, JSON.stringify(content), { mode: 0o600 });
        await chmod(partial, 0o600);
        await rename(partial, this.#file);
    }

    #read(): { directory: ReturnType<Directory["toJSON"]>; signingKey: JWK } | undefined {
        return existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, "utf8")) : undefined;
    }
}
