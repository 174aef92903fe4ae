/** The file by which others find a running local Azure. It holds the key: only its owner may read it. */

import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isGuid } from "../entra/directoryRules";

export interface EndpointFile {
    /** Always on this machine, for instance `http://127.0.0.1:40123`. */
    url: string;
    key: string;
    /** Certificates of the authority that the local servers' certificates come from. */
    caFile: string;
    tenantId: string;
    /** Of the process that serves the endpoint. */
    pid: number;
}

const SHORTEST_KEY = 32;

/** Writes it in one step: readers see the old file or the new one, never a part. */
export function writeEndpointFile(path: string, content: EndpointFile): void {
    const partial = `${path}.${process.pid}.partial`;
    try {
        writeFileSync(partial, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
        chmodSync(partial, 0o600);
        renameSync(partial, path);
    } catch (error) {
        rmSync(partial, { force: true });
        throw error;
    }
}

/** @throws Error where there is no such file, others may read it, or it does not point to this machine. */
export function readEndpointFile(path: string): EndpointFile {
    const text = readText(path);
    checkMode(path);
    const wrong = (what: string) =>
        new Error(`The endpoint file ${path} ${what}. Start the local Azure anew: npm run local`);
    let content: Partial<EndpointFile>;
    try {
        content = JSON.parse(text) as Partial<EndpointFile>;
    } catch {
        throw wrong("is no JSON");
    }
    const { url, key, caFile, tenantId, pid } = content ?? {};
    if (typeof url !== "string" || !isLoopbackUrl(url))
        throw wrong("does not point to this machine (http://127.0.0.1:<port>)");
    if (typeof key !== "string" || key.length < SHORTEST_KEY) throw wrong("has no key");
    if (typeof caFile !== "string" || caFile === "") throw wrong("names no file of certificates ('caFile')");
    if (!isGuid(tenantId)) throw wrong("names no tenant ('tenantId')");
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0)
        throw wrong("names no process ('pid')");
    return { url, key, caFile, tenantId, pid };
}

function readText(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "error";
        const text = `The endpoint file ${path} cannot be read (${code}). Start the local Azure: npm run local`;
        throw new Error(text, { cause: error });
    }
}

/** Windows has no such modes: there the user's own folder protects the file. */
function checkMode(path: string): void {
    if (process.platform === "win32") return;
    const { mode, uid } = statSync(path);
    if ((mode & 0o077) !== 0) {
        throw new Error(
            `Others may read or change ${path}, which holds a key: chmod 600 it, or start the local Azure anew.`,
        );
    }
    const own = process.getuid?.();
    if (own !== undefined && own !== 0 && uid !== own) {
        throw new Error(
            `The endpoint file ${path} belongs to another user. Start a local Azure of your own: npm run local`,
        );
    }
}

function isLoopbackUrl(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    const plain = url.username === "" && url.password === "" && url.pathname === "/" && url.search === "";
    return url.protocol === "http:" && url.hostname === "127.0.0.1" && plain;
}
