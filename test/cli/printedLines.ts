import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Client } from "pg";
import type { LocalCli } from "./localCli";

/**
 * Signs in as the printed lines of `npm run local -- sign-in` say, and runs the text.
 *
 * @returns the column `v` of the last statement's first row
 */
export async function sqlAs(
    cli: LocalCli,
    printed: string,
    role: string,
    database: string,
    text: string,
): Promise<unknown> {
    const lines = printed.split("\n");
    const line = lines[lines.indexOf(`# ${role}`) + 2]!;
    const part = (name: string) => new RegExp(`${name}=(\\S+?)'?(\\s|$)`).exec(line)![1]!;
    const client = new Client({
        host: part("hostaddr"),
        port: Number(part("port")),
        user: role,
        database,
        password: await tokenOf(cli, role),
        ssl: { ca: readFileSync(part("sslrootcert"), "utf8"), servername: part("host") },
    });
    await client.connect();
    try {
        const result = await client.query(text);
        return (Array.isArray(result) ? result : [result]).at(-1).rows[0]?.v;
    } finally {
        await client.end();
    }
}

async function tokenOf(cli: LocalCli, role: string): Promise<string> {
    const { code, stdout, text } = await cli.local("token", role);
    assert.equal(code, 0, text);
    return stdout.trim();
}
