import { listed, phrase, plainWords, type Phrase } from "../phrase";
import { match, type AccessChange } from "./accessChange";
import type { AccessModel } from "./accessModel";
import { compare, holdersOf } from "./effectiveAccess";
import { privilegesInWords } from "./grantWords";
import { beyond, EVERYBODY, profileName, type RoleGrants } from "./roleGrants";

/** What changes about databases and about what their profiles grant. Pure. */
export function profileChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const databases = match(before.databases, after.databases, (name) => name);
    const fresh = new Set(databases.added);
    const gone = new Set(databases.removed);
    const roles = match(before.roles, after.roles, ({ database, role }) => JSON.stringify([database, role]));
    return [
        ...databases.added.map((name) => databaseComes(name, after)),
        ...databases.removed.map((name) => databaseGoes(name)),
        ...roles.added.filter((role) => !fresh.has(role.database)).map((role) => profileComes(role)),
        ...roles.removed.filter((role) => !gone.has(role.database)).map((role) => profileGoes(role)),
        ...roles.kept.flatMap((pair) => grantsChange(pair.before, pair.after, after)),
        ...roleMemberChanges(before, after, roles),
    ];
}

function databaseComes(database: string, model: AccessModel): AccessChange {
    const own = model.roles.filter((role) => role.database === database && role.role !== EVERYBODY);
    const profiles = own.map(profileName).sort(compare);
    const sentence =
        own.length === 0
            ? phrase`The database ${database} is new.`
            : phrase`The database ${database} is new, with the profiles ${listed(profiles)}; nobody without one may connect.`;
    return { topic: "privileges", effect: "changes", database, sentence };
}

function databaseGoes(database: string): AccessChange {
    const sentence = phrase`The database ${database} is removed, with all that is in it.`;
    return { topic: "privileges", effect: "loses", database, sentence };
}

function profileComes(role: RoleGrants): AccessChange {
    const profile = profileName(role);
    const sentence = phrase`The profile ${profile} on the database ${role.database} is new. It may: ${privilegesInWords(role.privileges)}.`;
    return { topic: "privileges", effect: "changes", database: role.database, profile, sentence };
}

function profileGoes(role: RoleGrants): AccessChange {
    const profile = profileName(role);
    const sentence = phrase`The profile ${profile} on the database ${role.database} is removed.`;
    return { topic: "privileges", effect: "loses", database: role.database, profile, sentence };
}

function grantsChange(before: RoleGrants, after: RoleGrants, model: AccessModel): AccessChange[] {
    const { database } = after;
    const profile = profileName(after);
    const everybody = after.role === EVERYBODY;
    const who = everybody
        ? phrase`Everybody who signs in`
        : phrase`Whoever has the profile ${profile} on the database ${database}`;
    const where = everybody ? phrase` in the database ${database}` : plainWords("");
    const end = everybody ? plainWords("") : holders(holdersOf(model, after));
    const change = (effect: "gains" | "loses", sentence: Phrase): AccessChange => ({
        topic: "privileges",
        effect,
        database,
        profile: everybody ? undefined : profile,
        sentence,
    });
    const more = beyond(after.privileges, before.privileges);
    const less = beyond(before.privileges, after.privileges);
    return [
        ...(more.length > 0
            ? [change("gains", phrase`${who} gains${where}: ${privilegesInWords(more)}.${end}`)]
            : []),
        ...(less.length > 0
            ? [change("loses", phrase`${who} loses${where}: ${privilegesInWords(less)}.${end}`)]
            : []),
    ];
}

function holders(names: string[]): Phrase {
    return names.length === 0 ? plainWords(" Nobody has it.") : phrase` That is ${listed(names)}.`;
}

/** Memberships of administrators; those in roles that come or go with their database are part of that. */
function roleMemberChanges(
    before: AccessModel,
    after: AccessModel,
    roles: { added: RoleGrants[]; removed: RoleGrants[] },
): AccessChange[] {
    const withDatabase = new Set([...roles.added, ...roles.removed].map(({ role }) => role));
    const { added, removed } = match(before.roleMembers, after.roleMembers, ({ member, role }) =>
        JSON.stringify([member, role]),
    );
    const change = (effect: "gains" | "loses", { member, role }: { member: string; role: string }) => ({
        topic: "privileges" as const,
        effect,
        who: member,
        sentence:
            effect === "gains"
                ? phrase`${member} becomes a member of the role ${role}.`
                : phrase`${member} is no member of the role ${role} any more.`,
    });
    return [
        ...added.filter(({ role }) => !withDatabase.has(role)).map((m) => change("gains", m)),
        ...removed.filter(({ role }) => !withDatabase.has(role)).map((m) => change("loses", m)),
    ];
}
