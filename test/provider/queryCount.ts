/** Counts what the provider sends: statements, and how often it waits for answers before it goes on. */
import pg from "pg";

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

export async function countQueries(
    action: () => Promise<unknown>,
): Promise<{ queries: number; waits: number }> {
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    const count = { queries: 0, waits: 0 };
    let pending = 0;
    prototype.query = function (...args) {
        const { application_name: name } = (
            this as unknown as { connectionParameters: { application_name?: string } }
        ).connectionParameters;
        if (name !== "azure-postgres-entra") return original.apply(this, args);
        if (pending === 0) count.waits++;
        count.queries++;
        pending++;
        const answer = original.apply(this, args) as Promise<unknown>;
        const done = () => void pending--;
        answer.then(done, done);
        return answer;
    };
    try {
        await action();
    } finally {
        prototype.query = original;
    }
    return count;
}

/** The texts of what the provider sends, in order. */
export async function statementsOf(action: () => Promise<unknown>): Promise<string[]> {
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    const texts: string[] = [];
    prototype.query = function (...args) {
        const { application_name: name } = (
            this as unknown as { connectionParameters: { application_name?: string } }
        ).connectionParameters;
        if (name === "azure-postgres-entra" && typeof args[0] === "string") texts.push(args[0].trim());
        return original.apply(this, args);
    };
    try {
        await action();
    } finally {
        prototype.query = original;
    }
    return texts;
}
