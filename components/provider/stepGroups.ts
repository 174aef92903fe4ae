/**
 * Steps put together: what PostgreSQL does for several principals in one statement is sent as one. With thousands of roles
 * that is what costs: each statement of its own goes through all roles that the administrator holds. Where PostgreSQL has no such
 * statement, several of them are one message at least. Pure.
 */
import type { Step } from "./plan";
import type { Statement } from "./sql";

/** How a step is said together with others of the same key. */
export interface Joint {
    key: string;
    part: unknown;
    /** So many at most in one statement: where it fails, they are tried one by one to find out whose it is. */
    most: number;
    statementFor(parts: unknown[]): Statement;
}

/** Steps that are sent as one statement; mostly a single one. */
export interface StepGroup {
    steps: Step[];
    statement: Statement;
}

export const MOST_MEMBERS = 500;
/** The real functions ask Microsoft Graph about each; a statement that stays silent for minutes would lose its connection. */
export const MOST_CREATIONS = 100;

/** The statement of a step alone, and how it joins others. */
export function jointly<Part>(
    key: string,
    part: Part,
    statementFor: (parts: Part[]) => Statement,
    most = MOST_MEMBERS,
): { statement: Statement; joint: Joint } {
    const joint = { key, part, most, statementFor: (parts: unknown[]) => statementFor(parts as Part[]) };
    return { statement: statementFor([part]), joint };
}

/**
 * A statement of its own that is sent in one message with others. The server runs them one after another and stops at the first that
 * fails. Only for statements without parameters, and never for labels (F64).
 */
export function inOneMessage(key: string, statement: Statement): { statement: Statement; joint: Joint } {
    const statementFor = (texts: string[]) => ({ text: texts.join(";\n") });
    return jointly(`message: ${key}`, statement.text, statementFor);
}

/** In the order of their first steps; what cannot be joined stays where it is. Steps of one key do not depend on each other's order. */
export function grouped(steps: Step[]): StepGroup[] {
    const groups: Step[][] = [];
    const open = new Map<string, Step[]>();
    for (const step of steps) {
        const key = step.joint?.key;
        const group = key === undefined ? undefined : open.get(key);
        if (group && group.length < step.joint!.most) {
            group.push(step);
            continue;
        }
        const fresh = [step];
        groups.push(fresh);
        if (key !== undefined) open.set(key, fresh);
    }
    return groups.map((group) => ({ steps: group, statement: statementOf(group) }));
}

function statementOf(steps: Step[]): Statement {
    const [{ statement, joint }] = steps as [Step];
    return joint && steps.length > 1 ? joint.statementFor(steps.map((step) => step.joint!.part)) : statement;
}
