/** What can be measured: something that makes principals, finds nothing to do, changes one of them, and deletes them. */

export interface Person {
    name: string;
    objectId: string;
}

/**
 * The plain transaction, sets and singles are subjects. A peer is one more: where its program is on PATH, write a subject
 * that calls it and add it to `main.ts`.
 */
export interface Subject {
    create(people: readonly Person[]): Promise<void>;
    /** Everything is as declared already. */
    noop?(): Promise<void>;
    /** One of them changes. */
    change?(): Promise<void>;
    delete(): Promise<void>;
}

/** What a change gives to one principal. */
export const CONNECTION_LIMIT = 7;
