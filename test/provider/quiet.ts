import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "./running";

/** Waits until all sessions of a role have ended: PostgreSQL ends them a moment after their clients, also after dead ones. */
export async function quiet(local: Running, user: string): Promise<void> {
    for (let check = 0; check < 400; check++) {
        const sessions = await local.sql("select 1 from pg_stat_activity where usename = $1", [user]);
        if (sessions.length === 0) return;
        await sleep(25);
    }
    const left = await local.sql(
        "select state, wait_event, left(query, 80) as query from pg_stat_activity where usename = $1",
        [user],
    );
    throw new Error(`sessions of ${user} are still there: ${JSON.stringify(left)}`);
}
