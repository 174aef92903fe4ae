/** Sends the steps of a transaction together, and says whose it is where one fails. */
import type { PoolClient, QueryResult } from "pg";
import type { ConnectionArgs } from "./connectionArgs";
import { explained } from "./errors";
import { sendAll, StatementError } from "./pipeline";
import type { Step } from "./plan";
import { mayConcernOne } from "./retry";
import * as sql from "./sql";
import { grouped, type StepGroup } from "./stepGroups";

/**
 * One round trip whatever the number of steps.
 *
 * @param then What is sent after them.
 * @returns The answers to `then`.
 * @throws DatabaseError that names the principal.
 */
export async function change(
    client: PoolClient,
    steps: Step[],
    then: sql.Statement[],
    args: ConnectionArgs,
): Promise<QueryResult[]> {
    const groups = grouped(steps);
    const around = { before: [], then, thenIs: "reading the roles" };
    const answers = await sendAround(client, groups, around, args);
    return answers.slice(groups.length);
}

/**
 * A whole transaction of steps alone, under the lock of all role changes. One round trip.
 *
 * @throws DatabaseError that names the principal.
 */
export async function changeAndCommit(
    client: PoolClient,
    steps: Step[],
    args: ConnectionArgs,
): Promise<void> {
    const around = { before: sql.lockedTransaction, then: [sql.commit], thenIs: "the commit" };
    await sendAround(client, grouped(steps), around, args);
}

/** What is sent together with steps, and what the latter part is called where it fails. */
interface Around {
    before: sql.Statement[];
    then: sql.Statement[];
    thenIs: string;
}

async function sendAround(
    client: PoolClient,
    groups: StepGroup[],
    { before, then, thenIs }: Around,
    args: ConnectionArgs,
): Promise<QueryResult[]> {
    const statements = [...before, ...groups.map(({ statement }) => statement), ...then];
    return sendAll(client, statements).catch(async (error: unknown) => {
        if (!(error instanceof StatementError)) throw error;
        const index = error.index - before.length;
        if (index in groups) throw await groupFailure(client, groups, index, error.cause, args);
        const what = index < 0 ? "waiting for other changes of roles" : thenIs;
        throw explained(`server '${args.host}'`, what, error.cause, args.user);
    });
}

/** What failed for several principals together is tried one by one, so that the error names one. */
async function groupFailure(
    client: PoolClient,
    groups: StepGroup[],
    index: number,
    cause: unknown,
    args: ConnectionArgs,
): Promise<Error> {
    const { steps } = groups[index]!;
    const culprit =
        steps.length > 1 && mayConcernOne(cause)
            ? await culpritOf(client, groups.slice(0, index), steps)
            : undefined;
    if (culprit) return explained(subjectOf([culprit.step]), culprit.step.what, culprit.cause, args.user);
    return explained(subjectOf(steps), steps[0]!.what, cause, args.user);
}

/**
 * In a transaction of its own, which is never committed. So nothing has to be prepared for it: no savepoint around each group,
 * of which PostgreSQL keeps track for all sessions.
 */
async function culpritOf(
    client: PoolClient,
    before: StepGroup[],
    steps: Step[],
): Promise<{ step: Step; cause: unknown } | undefined> {
    const again = [sql.rollback, ...sql.lockedTransaction, ...before.map(({ statement }) => statement)];
    try {
        await sendAll(client, [...again, ...steps.map(({ statement }) => statement)]);
        return undefined;
    } catch (error) {
        const step = error instanceof StatementError ? steps[error.index - again.length] : undefined;
        return step && { step, cause: (error as StatementError).cause };
    }
}

function subjectOf(steps: Step[]): string {
    const [first, ...others] = steps.map(({ principal }) => `'${principal}'`);
    const rest = others.length > 3 ? `${others.length} others` : others.join(", ");
    return others.length === 0 ? `principal ${first}` : `principals ${first} and ${rest}`;
}
