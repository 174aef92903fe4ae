import { listed, phrase, plainWords, type Phrase } from "../phrase";
import type { AccessChange } from "./accessChange";
import type { Principal } from "./accessModel";

/** What else changes for a principal: its settings, how many connections it may have, what its removal will do. Pure. */
export function principalDetails(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    before: Principal | undefined,
    after: Principal,
): AccessChange[] {
    const change = (sentence: Phrase): AccessChange => ({
        ...about,
        topic: "roles",
        effect: "changes",
        sentence,
    });
    const [old, now] = [settingsOf(before), settingsOf(after)];
    const changes = [...now]
        .filter(([name, value]) => old.get(name) !== value)
        .map(([name, value]) => {
            const earlier = old.get(name);
            const was = earlier === undefined ? plainWords("") : phrase`, before ${earlier}`;
            return change(phrase`${who} has the setting ${name} = ${value}${was}.`);
        });
    const gone = [...old.keys()].filter((name) => !now.has(name));
    if (gone.length > 0) changes.push(change(phrase`${who} has no longer the setting ${listed(gone)}.`));
    const [limitBefore, limit] = [before?.connectionLimit ?? -1, after.connectionLimit];
    if (limit !== limitBefore)
        changes.push(
            change(
                phrase`${who} may have ${connections(limit)} at once, before ${connections(limitBefore)}.`,
            ),
        );
    if (before && removal(before) !== removal(after))
        changes.push(
            change(phrase`When ${who} is removed: onDelete ${removal(after)}, before ${removal(before)}.`),
        );
    else if (!before && after.onDelete.action === "Drop")
        changes.push(change(phrase`When ${who} is removed, what it owns is dropped (onDelete Drop).`));
    return changes;
}

/** By name and database. That members of an owner profile act as its role is part of the profile. */
function settingsOf(principal: Principal | undefined): Map<string, string> {
    const entries = (principal?.settings ?? [])
        .filter(
            (s) => !(s.name === "role" && s.database !== undefined && principal!.memberOf.includes(s.value)),
        )
        .map((s): [string, string] => [s.database ? `${s.name} in ${s.database}` : s.name, s.value]);
    return new Map(entries);
}

function connections(limit: number): Phrase {
    return plainWords(limit < 0 ? "any number of connections" : `${limit} connections`);
}

function removal({ onDelete }: Principal): string {
    return [onDelete.action, onDelete.reassignTo].filter(Boolean).join(" to ");
}
