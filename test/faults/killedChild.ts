/** Does a job in a process of its own, to be killed at it. What to do comes on standard input. */
import { text } from "node:stream/consumers";
import { Connections } from "../../components/provider/connection";
import { run, type Job } from "./job";

async function main(): Promise<void> {
    const { job, token } = JSON.parse(await text(process.stdin)) as { job: Job; token: string };
    const connections = new Connections({ tokens: () => Promise.resolve(token) });
    await run(connections, job);
    await connections.close();
}

void main();
