/** What the provider sends: statements, and how often it waits for answers before it goes on. */
import pg from "pg";

export async function countQueries(
    action: () => Promise<unknown>,
): Promise<{ queries: number; waits: number }> {
    const count = { queries: 0, waits: 0 };
    let pending = 0;
    await whileWatching((_, answer) => {
        if (pending === 0) count.waits++;
        count.queries++;
        pending++;
        const done = () => void pending--;
        answer.then(done, done);
    }, action);
    return count;
}

/** The texts of what the provider sends, in order. */
export async function statementsOf(action: () => Promise<unknown>): Promise<string[]> {
    const texts: string[] = [];
    await whileWatching((text) => {
        if (typeof text === "string") texts.push(text.trim());
    }, action);
    return texts;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** @param sees what the provider sends, and the answer to come; clients of others are not watched */
async function whileWatching(
    sees: (query: unknown, answer: Promise<unknown>) => void,
    action: () => Promise<unknown>,
): Promise<void> {
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    prototype.query = function (...args) {
        const answer = original.apply(this, args);
        const { connectionParameters } = this as unknown as {
            connectionParameters: { application_name?: string };
        };
        if (connectionParameters.application_name === "azure-postgres-entra")
            sees(args[0], answer as Promise<unknown>);
        return answer;
    };
    try {
        await action();
    } finally {
        prototype.query = original;
    }
}
