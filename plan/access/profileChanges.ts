import { listed, phrase, plainWords, type Phrase } from "../phrase";
import { match, type AccessChange } from "./accessChange";
import type { AccessModel } from "./accessModel";
import { compare, holdersOf } from "./effectiveAccess";
import { everybodyChanges } from "./everybodyChanges";
import { granteeChanges, granteeOf } from "./granteeChanges";
import { moreAndLess, privilegesInWords } from "./grantWords";
import { EVERYBODY, profileName, type RoleGrants } from "./roleGrants";

/** What changes about databases and about what their profiles grant. Pure. */
export function profileChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const databases = match(before.databases, after.databases, (name) => name);
    const fresh = new Set(databases.added);
    const gone = new Set(databases.removed);
    const profiles = match(profileRoles(before), profileRoles(after), ({ database, role }) =>
        JSON.stringify([database, role]),
    );
    return [
        ...databases.added.map((name) => databaseComes(name, after)),
        ...databases.removed.map((name) => databaseGoes(name)),
        ...profiles.added.filter((role) => !fresh.has(role.database)).map((role) => profileComes(role)),
        ...profiles.removed.filter((role) => !gone.has(role.database)).map((role) => profileGoes(role)),
        ...profiles.kept.flatMap((pair) => grantsChange(pair.before, pair.after, after)),
        ...everybodyChanges(before, after, new Set([...fresh, ...gone])),
        ...granteeChanges(before, after),
        ...roleMemberChanges(before, after, profiles),
    ];
}

function profileRoles(model: AccessModel): RoleGrants[] {
    return model.roles.filter((role) => role.role !== EVERYBODY && !granteeOf(model, role));
}

function databaseComes(database: string, model: AccessModel): AccessChange {
    const inIt = model.roles.filter((role) => role.database === database);
    const profiles = profileRoles({ ...model, roles: inIt }).map(profileName);
    const grantees = inIt.filter((role) => granteeOf(model, role)).map(({ role }) => role);
    return {
        topic: "privileges",
        effect: "changes",
        database,
        sentence: isNew(database, profiles, grantees),
    };
}

function isNew(database: string, profiles: string[], grantees: string[]): Phrase {
    if (profiles.length > 0)
        return phrase`The database ${database} is new, with the profiles ${listed(profiles.sort(compare))}; nobody without one may connect.`;
    if (grantees.length > 0)
        return phrase`The database ${database} is new; beside administrators only these may connect: ${listed(grantees.sort(compare))}.`;
    return phrase`The database ${database} is new.`;
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
    const end = holders(holdersOf(model, after));
    const change = (effect: "gains" | "loses", privileges: Phrase): AccessChange => ({
        topic: "privileges",
        effect,
        database,
        profile,
        sentence: phrase`Whoever has the profile ${profile} on the database ${database} ${plainWords(effect)}: ${privileges}.${end}`,
    });
    return moreAndLess(before.privileges, after.privileges, change);
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
