/** Statements sent together, without waiting for each answer. */
import type { PoolClient, QueryResult } from "pg";
import { sqlState } from "./errors";
import type { Statement } from "./sql";

/** The statement that failed first; those after it were refused because of it. */
export class StatementError extends Error {
    override name = "StatementError";

    constructor(
        readonly index: number,
        override readonly cause: unknown,
    ) {
        super(cause instanceof Error ? cause.message : String(cause));
    }
}

/** "current transaction is aborted": the consequence of another failure, never the reason. */
const CONSEQUENCE = "25P02";

/** @throws StatementError after all answers are in. */
export async function sendAll(client: PoolClient, statements: Statement[]): Promise<QueryResult[]> {
    const answers = await Promise.allSettled(
        statements.map(({ text, values }) => (values ? client.query(text, values) : client.query(text))),
    );
    const failures = answers.flatMap((answer, index) =>
        answer.status === "rejected" ? [new StatementError(index, answer.reason)] : [],
    );
    const reason = failures.find((failure) => sqlState(failure.cause) !== CONSEQUENCE) ?? failures[0];
    if (reason) throw reason;
    return answers.map((answer) => (answer as PromiseFulfilledResult<QueryResult>).value);
}
