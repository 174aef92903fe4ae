import { phrase, plainWords, type Phrase } from "../phrase";
import type { Identity } from "./accessModel";

/** One line of the access diff. */
export interface AccessChange {
    topic: Topic;
    /** `gains`: somebody may do more, or is let in more easily; `loses`: less; `changes`: neither can be said. */
    effect: "gains" | "loses" | "changes";
    sentence: Phrase;
    /** Name of the role that it is about. */
    who?: string;
    objectId?: string;
    database?: string;
    profile?: string;
}

/** In the order in which they are shown. */
export const TOPICS = {
    administrators: "Administrators",
    signIn: "Sign-in",
    privileges: "Privileges",
    roles: "Settings and removal",
    network: "Network",
    server: "Authentication of the server",
} as const;

export type Topic = keyof typeof TOPICS;

const KINDS: Record<string, string> = {
    User: "user",
    Group: "group",
    ServicePrincipal: "application or managed identity",
    Password: "role with a password",
};

/** `'ada@contoso.com' (user)` */
export function someone(identity: Identity): Phrase {
    return phrase`${identity.name} (${plainWords(KINDS[identity.principalType] ?? "identity")})`;
}

/** Before and after, those that stand on one side only apart. */
export interface Matched<T> {
    added: T[];
    removed: T[];
    kept: { before: T; after: T }[];
}

/** Matches by key; of several with one key the last counts. */
export function match<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Matched<T> {
    const old = new Map(before.map((item) => [keyOf(item), item]));
    const now = new Map(after.map((item) => [keyOf(item), item]));
    const kept = [...now].flatMap(([key, item]) =>
        old.has(key) ? [{ before: old.get(key)!, after: item }] : [],
    );
    return {
        added: [...now].filter(([key]) => !old.has(key)).map(([, item]) => item),
        removed: [...old].filter(([key]) => !now.has(key)).map(([, item]) => item),
        kept,
    };
}

/** Identities are the same by their object id, whatever they are called; without one, by name (F33). */
export function matchIdentities<T extends Identity>(
    before: readonly T[],
    after: readonly T[],
    scope: (item: T) => string = () => "",
): Matched<T> {
    const shared = (item: T, others: readonly T[]) =>
        item.objectId !== undefined &&
        others.some((o) => o.objectId === item.objectId && scope(o) === scope(item));
    const keyOf = (item: T, others: readonly T[]) =>
        JSON.stringify([scope(item), shared(item, others) ? item.objectId : nameKey(item, others)]);
    const old = before.map((item) => ({ item, key: keyOf(item, after) }));
    const now = after.map((item) => ({ item, key: keyOf(item, before) }));
    const { added, removed, kept } = match(
        old.map((o) => o),
        now.map((n) => n),
        (entry) => entry.key,
    );
    return {
        added: added.map((entry) => entry.item),
        removed: removed.map((entry) => entry.item),
        kept: kept.map((pair) => ({ before: pair.before.item, after: pair.after.item })),
    };
}

/** A name counts where one of the two sides does not know the object id; two different ids are two identities. */
function nameKey<T extends Identity>(item: T, others: readonly T[]): string {
    const sameName = others.find((other) => other.name === item.name);
    const unsure = sameName && (item.objectId === undefined || sameName.objectId === undefined);
    return unsure ? `name ${item.name}` : `${item.objectId ?? ""} name ${item.name}`;
}
