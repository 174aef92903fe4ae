import { phrase, plainWords } from "../phrase";
import { match, matchIdentities, someone, type AccessChange } from "./accessChange";
import type { AccessModel, Administrator, EntraGroup } from "./accessModel";

/** Who becomes or stops being an administrator of a server, by itself or as a member of a group. Pure. */
export function administratorChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const { added, removed, kept } = matchIdentities(
        before.administrators,
        after.administrators,
        (a) => a.server,
    );
    const topic = "administrators";
    return [
        ...added.map((a): AccessChange => ({
            topic,
            effect: "gains",
            who: a.name,
            objectId: a.objectId,
            sentence: phrase`${someone(a)} becomes an administrator of the server ${a.server}: ${plainWords(MAY[a.system])}.`,
        })),
        ...removed.map((a): AccessChange => ({
            topic,
            effect: "loses",
            who: a.name,
            objectId: a.objectId,
            sentence: phrase`${someone(a)} is no administrator of the server ${a.server} any more.`,
        })),
        ...kept
            .filter((pair) => pair.before.name !== pair.after.name)
            .map((pair): AccessChange => ({
                topic,
                effect: "changes",
                who: pair.after.name,
                objectId: pair.after.objectId,
                sentence: phrase`The administrator ${pair.before.name} of the server ${pair.after.server} is called ${pair.after.name} now: the same identity.`,
            })),
        ...groupChanges(before, after),
    ];
}

const MAY: Record<Administrator["system"], string> = {
    flexibleServer: "it may make roles and databases, and sign in to every database",
    cosmosCluster: "it has the rights of the built-in role citus",
    singleServer: "it may make roles of other identities, and sign in to every database",
};

/** Groups that the stack makes: their members administer, their owners decide who is a member. */
function groupChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const names = identityNames(before, after);
    const known = (model: AccessModel) => new Map(model.groups.map((g) => [g.displayName, g]));
    const [old, now] = [known(before), known(after)];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
        const [had, has] = [old.get(name), now.get(name)];
        return (["members", "owners"] as const).flatMap((list) =>
            listChanges(name, list, had?.[list] ?? [], has?.[list] ?? [], names),
        );
    });
}

function listChanges(
    group: string,
    list: "members" | "owners",
    before: EntraGroup["members"],
    after: EntraGroup["members"],
    names: Map<string, string>,
): AccessChange[] {
    const { added, removed } = match(before, after, (id) => id.toLowerCase());
    const what = plainWords(list === "members" ? "a member" : "an owner");
    const means = plainWords(
        list === "members" ? "it administers as the group" : "it decides who is a member",
    );
    const change = (effect: "gains" | "loses", id: string): AccessChange => {
        const name = names.get(id.toLowerCase());
        const who = name === undefined ? phrase`the identity ${id}` : phrase`${name}`;
        const sentence =
            effect === "gains"
                ? phrase`${who} becomes ${what} of the group ${group}: ${means}.`
                : phrase`${who} is no longer ${what} of the group ${group}.`;
        return { topic: "administrators", effect, who: name, objectId: id, sentence };
    };
    return [...added.map((id) => change("gains", id)), ...removed.map((id) => change("loses", id))];
}

/** What the object ids of the versions are called elsewhere in them. */
export function identityNames(...models: AccessModel[]): Map<string, string> {
    const known = models.flatMap((m) => [...m.administrators, ...m.principals]);
    return new Map(known.flatMap(({ objectId, name }) => (objectId ? [[objectId, name]] : [])));
}
