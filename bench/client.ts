/** Signs in, or asks, again and again, in a process of its own. What to do comes on standard input; answers milliseconds. */
import { text } from "node:stream/consumers";
import pg from "pg";

export interface ClientJob {
    connection: { host: string; port: number; user: string; password: string; database: string; ca: string };
    job: "signIn" | "queries";
    times: number;
}

async function main(): Promise<void> {
    const { connection, job, times } = JSON.parse(await text(process.stdin)) as ClientJob;
    const { ca, ...rest } = connection;
    const open = async () => {
        const client = new pg.Client({ ...rest, ssl: { ca } });
        await client.connect();
        return client;
    };
    const signIn = async () => (await open()).end();
    for (let warm = 0; warm < 5; warm++) await signIn();
    const elapsed = job === "signIn" ? await measure(times, signIn) : await queries(await open(), times);
    process.stdout.write(`${elapsed}\n`);
}

async function queries(client: pg.Client, times: number): Promise<number> {
    const ask = () => client.query("select $1::int as number", [1]);
    await measure(200, ask);
    const elapsed = await measure(times, ask);
    await client.end();
    return elapsed;
}

async function measure(times: number, action: () => Promise<unknown>): Promise<number> {
    const start = performance.now();
    for (let time = 0; time < times; time++) await action();
    return performance.now() - start;
}

void main();
