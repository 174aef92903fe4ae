/** PostgreSQL's own part: bare `CREATE ROLE` in one transaction, without any function of Azure's and without the wire. */
import { DEPLOYER, type Running } from "../test/provider/running";
import { makeRoomForLocks } from "./principals";
import { median, rounded, type Line } from "./rows";

const SIZES = [1_000, 10_000] as const;
const ROUNDS = 3;

export async function bareRoleLines(local: Running): Promise<Line[]> {
    await makeRoomForLocks(local);
    const [few, many] = [await bareRoles(local, SIZES[0]), await bareRoles(local, SIZES[1])];
    return [
        {
            what: "PostgreSQL's own bare CREATE ROLE in one transaction, 10,000 to 1,000 roles",
            value: `${rounded(many / few)}x (${rounded(many / 1000)} s, ${rounded(few)} ms)`,
        },
    ];
}

/** @returns milliseconds, the median where it is quick. */
async function bareRoles(local: Running, size: number): Promise<number> {
    const admin = await local.signIn("DBA", DEPLOYER);
    try {
        const times: number[] = [];
        for (let round = 0; round < (size > 1_000 ? 1 : ROUNDS); round++) {
            await admin.query("begin");
            const start = performance.now();
            await admin.query(
                `do $$ begin for n in 1 .. ${size} loop execute format('create role %I login', 'bare ' || n); end loop; end $$`,
            );
            times.push(performance.now() - start);
            await admin.query("rollback");
        }
        return median(times);
    } finally {
        await admin.end();
    }
}
