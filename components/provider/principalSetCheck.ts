/** What can be wrong with a declared set, before any connection. Pure; takes time in proportion to its size. */
import { checkMembershipCircles, type Member } from "../membershipCircles";
import { Failures, isAbsent, isKnown } from "./checks";
import { checkOnDelete } from "./onDelete";
import { checkPrincipal } from "./principalCheck";
import { entryPath } from "./principalEntries";
import { PRINCIPAL_KEYS, specOf } from "./principalSpec";
import { UNKNOWN, type CheckFailure, type CheckResult, type PropertyMap } from "./resourceProvider";
import { checkServer } from "./serverArgs";

const KEYS = ["connection", "flavor", "principals", "onDelete"];
const ENTRY_KEYS = [...PRINCIPAL_KEYS, "onDelete"];

/** @returns The inputs with each entry's name, which is its key where it is left out. */
export function checkSet(news: PropertyMap): CheckResult {
    const server = [...checkServer(news, KEYS), ...checkOnDelete(news["onDelete"], undefined)];
    const given = news["principals"];
    const failures = new Failures();
    if (isAbsent(given))
        failures.add("principals", given, "a set has principals", "give them by key, or {} for none");
    if (!failures.isOf("principals", given, "object"))
        return { inputs: news, failures: [...server, ...failures.list] };
    const entries = Object.entries(given as Record<string, unknown>).map(
        ([key, entry]) => [key, withName(key, entry)] as const,
    );
    const each = entries.flatMap(([key, entry]) => checkEntry(key, entry));
    const known = entries.filter((entry): entry is [string, PropertyMap] => isEntry(entry[1]));
    const together = each.length > 0 ? [] : checkTogether(known);
    return {
        inputs: { ...news, principals: Object.fromEntries(entries) },
        failures: [...server, ...failures.list, ...each, ...together],
    };
}

const isEntry = (entry: unknown) => typeof entry === "object" && entry !== null && !Array.isArray(entry);

function withName(key: string, entry: unknown): unknown {
    if (!isEntry(entry) || !isAbsent((entry as PropertyMap)["name"])) return entry;
    return { ...(entry as PropertyMap), name: key };
}

function checkEntry(key: string, entry: unknown): CheckFailure[] {
    const failures = new Failures();
    const path = entryPath(key);
    const refuse = (rule: string, fix: string) => failures.add(path, key, rule, fix);
    // The engine's paths have no form for the first, and it shows nobody the second.
    if (key === "" || key.endsWith("\\"))
        refuse("a key must not be empty or end in a backslash", "choose another key and give the name");
    if (key.startsWith("__"))
        refuse("Pulumi keeps keys like this for itself", "choose another key and give the name");
    if (isAbsent(entry))
        failures.add(path, entry, "a principal needs its properties", "give its principalType");
    if (!failures.isOf(path, entry, "object")) return failures.list;
    const properties = entry as PropertyMap;
    const own = new Failures(`${path}.`);
    own.unknownKeys("", properties, ENTRY_KEYS);
    return [
        ...failures.list,
        ...own.list,
        ...checkPrincipal(properties, `${path}.`),
        ...checkOnDelete(properties["onDelete"], properties["name"], `${path}.`),
    ];
}

/** One name is one role, one identity is one principal, and nobody is a member of himself. */
function checkTogether(entries: [string, PropertyMap][]): CheckFailure[] {
    const failures = new Failures();
    const firstWith = { name: new Map<unknown, string>(), objectId: new Map<unknown, string>() };
    const rules = { name: "one name is one role (F68)", objectId: "one identity is one role" };
    const members: Member[] = [];
    for (const [key, entry] of entries) {
        const spec = specOf(entry);
        for (const property of ["name", "objectId"] as const) {
            const value = spec[property];
            if (!isKnown(value)) continue;
            const earlier = firstWith[property].get(value);
            if (earlier === undefined) firstWith[property].set(value, key);
            else
                failures.add(
                    `${entryPath(key)}.${property}`,
                    value,
                    `${entryPath(earlier)} has it already, and ${rules[property]}`,
                    "take one of the two out",
                );
        }
        if (Array.isArray(spec.memberOf))
            members.push({ name: spec.name, memberOf: spec.memberOf.filter((role) => role !== UNKNOWN) });
    }
    failures.run("principals", () => checkMembershipCircles("principals.memberOf", members));
    return failures.list;
}
