import { joined, phrase, plainWords, type Phrase } from "../phrase";
import type { AccessChange } from "./accessChange";
import { beyond, type Privilege } from "./roleGrants";

/** Privileges in people's words. Pure. */

const PLURAL: Record<string, string> = {
    table: "tables",
    sequence: "sequences",
    function: "functions",
    routine: "routines",
    schema: "schemas",
    type: "types",
};

/** What is gained and what is lost, each in one change. */
export function moreAndLess(
    before: readonly Privilege[],
    after: readonly Privilege[],
    change: (effect: "gains" | "loses", privileges: Phrase) => AccessChange,
): AccessChange[] {
    const [more, less] = [beyond(after, before), beyond(before, after)];
    return [
        ...(more.length > 0 ? [change("gains", privilegesInWords(more))] : []),
        ...(less.length > 0 ? [change("loses", privilegesInWords(less))] : []),
    ];
}

/** `SELECT, INSERT on all tables of the schema 'ledger', those made later too` */
export function privilegesInWords(privileges: readonly Privilege[]): Phrase {
    const groups = new Map<string, Privilege[]>();
    for (const privilege of privileges) {
        const { objectType, schema, later } = privilege;
        const key = JSON.stringify([objectType, schema ?? "", later]);
        groups.set(key, [...(groups.get(key) ?? []), privilege]);
    }
    const all = [...groups.values()];
    const merged = new Set<Privilege[]>();
    const phrases = all.flatMap((group) => {
        if (merged.has(group)) return [];
        const counterpart = all.find((other) => !merged.has(other) && coversLater(group, other));
        if (counterpart) merged.add(counterpart);
        return [groupInWords(group, counterpart !== undefined)];
    });
    return joined(phrases, "; ");
}

/** The same privileges on what is there and on what comes. */
function coversLater(now: Privilege[], later: Privilege[]): boolean {
    const [one, other] = [now[0]!, later[0]!];
    if (one.later || !other.later || one.objectType !== other.objectType) return false;
    return one.schema === other.schema && names(now) === names(later);
}

function names(group: Privilege[]): string {
    return [...new Set(group.map(({ privilege }) => privilege))].sort().join(", ");
}

function groupInWords(group: Privilege[], laterToo: boolean): Phrase {
    const { objectType, schema, later } = group[0]!;
    const what = plainWords(names(group).replace(/[^A-Z, ]/g, ""));
    const plural = plainWords(PLURAL[objectType] ?? "objects");
    if (objectType === "database") return phrase`${what} on the database`;
    if (later && objectType === "schema") return phrase`${what} on schemas made later`;
    if (later) {
        const where = schema === undefined ? plainWords("in every schema") : phrase`in the schema ${schema}`;
        return phrase`${what} on ${plural} made later ${where}`;
    }
    if (objectType === "schema") return phrase`${what} on the schema ${schema ?? "?"}`;
    const more = plainWords(laterToo ? ", those made later too" : "");
    return phrase`${what} on all ${plural} of the schema ${schema ?? "?"}${more}`;
}
