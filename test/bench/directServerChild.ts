/** The bench's own PostgreSQL in a process of its own, for tests of what it leaves behind: says as JSON where it runs, and waits. */
import { DirectServer } from "../../bench/directServer";
import { CertificateAuthority } from "../../emulator/postgres/certificates";

async function main(): Promise<void> {
    const { data } = await DirectServer.start(await CertificateAuthority.create(), "localhost");
    process.stdout.write(`${JSON.stringify({ data })}\n`);
}

void main();
