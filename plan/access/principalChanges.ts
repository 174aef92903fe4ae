import { PROFILES as BUILT_IN_PROFILES } from "../../components/databaseAccessPlan";
import { listed, phrase, plainWords, type Phrase } from "../phrase";
import { principalDetails } from "./principalDetails";
import { matchIdentities, someone, type AccessChange } from "./accessChange";
import type { AccessModel, Principal } from "./accessModel";
import { privilegesInWords } from "./grantWords";
import { effectiveProfiles, type EffectiveProfile } from "./effectiveAccess";

/** What changes for database principals: sign-in, administrator rights, MFA, profiles, memberships, settings, removal. Pure. */

export function principalChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const { added, removed, kept } = matchIdentities(before.principals, after.principals);
    return [
        ...added.flatMap((p) => [...comes(before, p), ...compareOne(undefined, p, before, after)]),
        ...removed.flatMap((p) => [...goes(after, p), ...compareOne(p, undefined, before, after)]),
        ...kept.flatMap((pair) => [
            ...renamed(pair.before, pair.after),
            ...compareOne(pair.before, pair.after, before, after),
        ]),
    ];
}

function comes(before: AccessModel, principal: Principal): AccessChange[] {
    if (administers(before, principal)) return [];
    const about = subject(principal);
    const mfa = plainWords(principal.requireMfa ? ", with proof of multi-factor authentication" : "");
    const changes: AccessChange[] = [
        {
            ...about,
            topic: "signIn",
            effect: "gains",
            sentence: phrase`${someone(principal)} may sign in${mfa}.`,
        },
    ];
    const earlier = before.principals.find((p) => p.name === principal.name);
    if (earlier)
        changes.push({
            ...about,
            topic: "signIn",
            effect: "changes",
            sentence: phrase`The role ${principal.name} belongs to another identity now: object id ${idOf(principal)}, before ${idOf(earlier)}.`,
        });
    if (principal.rebindFrom !== undefined)
        changes.push({
            ...about,
            topic: "signIn",
            effect: "gains",
            sentence: phrase`${someone(principal)} takes over the role of that name, with all its privileges, from ${principal.rebindFrom}.`,
        });
    return changes;
}

function goes(after: AccessModel, principal: Principal): AccessChange[] {
    if (administers(after, principal)) return [];
    const { action, reassignTo } = principal.onDelete;
    const becomes: Record<string, Phrase> = {
        Reassign: reassignTo
            ? phrase`what it owns goes to ${reassignTo}`
            : phrase`what it owns goes to the administrator who signs in`,
        Drop: phrase`what it owns is dropped`,
        Keep: phrase`its role and what it owns stay`,
        ByService: phrase`its role is removed`,
    };
    const kept = after.principals.some((p) => p.name === principal.name);
    const end = kept ? phrase`its role belongs to somebody else` : becomes[action];
    const sentence = phrase`${someone(principal)} may no longer sign in; ${end ?? phrase`its objects: ${action}`}.`;
    return [{ ...subject(principal), topic: "signIn", effect: "loses", sentence }];
}

/** An administrator signs in as one, so that a principal comes or goes changes nothing about that. */
function administers({ administrators }: AccessModel, { name, objectId }: Principal): boolean {
    return administrators.some((a) =>
        a.objectId !== undefined && objectId !== undefined ? a.objectId === objectId : a.name === name,
    );
}

function renamed(before: Principal, after: Principal): AccessChange[] {
    const changes: AccessChange[] = [];
    if (before.name !== after.name)
        changes.push({
            ...subject(after),
            topic: "signIn",
            effect: "changes",
            sentence: phrase`${before.name} signs in as ${after.name}: the same identity, the role is renamed.`,
        });
    if (before.principalType !== after.principalType)
        changes.push({
            ...subject(after),
            topic: "signIn",
            effect: "changes",
            sentence: phrase`${someone(before)} is declared as ${someone(after)}.`,
        });
    if (after.rebindFrom !== undefined && after.rebindFrom !== before.rebindFrom)
        changes.push({
            ...subject(after),
            topic: "signIn",
            effect: "gains",
            sentence: phrase`${someone(after)} may take over the role of that name from ${after.rebindFrom}.`,
        });
    return changes;
}

/** Left out on one side where it comes or goes: then it had nothing, or has nothing any more. */
function compareOne(
    before: Principal | undefined,
    after: Principal | undefined,
    old: AccessModel,
    now: AccessModel,
): AccessChange[] {
    const principal = (after ?? before)!;
    const about = subject(principal);
    const who = someone(principal);
    return [
        ...flag(about, "administrators", who, before?.isAdmin, after?.isAdmin, [
            "becomes an administrator in the database: it may make roles and databases",
            "is no administrator in the database any more",
        ]),
        ...(before && after ? mfa(about, who, before, after) : []),
        ...profiles(
            about,
            who,
            before ? effectiveProfiles(old, before) : [],
            after ? effectiveProfiles(now, after) : [],
        ),
        ...memberships(about, who, before, after, old, now),
        ...(after ? principalDetails(about, who, before, after) : []),
    ];
}

function flag(
    about: Pick<AccessChange, "who" | "objectId">,
    topic: AccessChange["topic"],
    who: Phrase,
    before: boolean | undefined,
    after: boolean | undefined,
    [on, off]: [string, string],
): AccessChange[] {
    if (Boolean(before) === Boolean(after)) return [];
    const effect = after ? "gains" : "loses";
    return [{ ...about, topic, effect, sentence: phrase`${who} ${plainWords(after ? on : off)}.` }];
}

function mfa(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    before: Principal,
    after: Principal,
): AccessChange[] {
    if (before.requireMfa === after.requireMfa) return [];
    const sentence = after.requireMfa
        ? phrase`${who} must prove multi-factor authentication to sign in.`
        : phrase`${who} may sign in without multi-factor authentication.`;
    return [{ ...about, topic: "signIn", effect: after.requireMfa ? "loses" : "gains", sentence }];
}

function profiles(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    before: EffectiveProfile[],
    after: EffectiveProfile[],
): AccessChange[] {
    const databases = [...new Set([...before, ...after].map((p) => p.database))];
    return databases.flatMap((database) => {
        const inIt = (profile: EffectiveProfile) => profile.database === database;
        const [had, has] = [before.filter(inIt), after.filter(inIt)];
        const gained = has.filter((p) => !had.some((old) => old.role === p.role));
        const lost = had.filter((p) => !has.some((now) => now.role === p.role));
        if (gained.length === 1 && lost.length === 1) return [swapped(about, who, lost[0]!, gained[0]!)];
        return [
            ...gained.map((p) => profileChange(about, who, "gains", p)),
            ...lost.map((p) => profileChange(about, who, "loses", p)),
        ];
    });
}

function profileChange(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    effect: "gains" | "loses",
    gained: EffectiveProfile,
): AccessChange {
    const { database, profile, via } = gained;
    const may = effect === "gains" ? meaning(gained) : plainWords("");
    const sentence = phrase`${who} ${plainWords(effect)} the profile ${profile} on the database ${database}${may}${through(via)}.`;
    return { ...about, topic: "privileges", effect, database, profile, sentence };
}

/** One profile of a database for another: of the three that every database has, each may do more than the one before it. */
function swapped(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    lost: EffectiveProfile,
    gained: EffectiveProfile,
): AccessChange {
    const { database, profile } = gained;
    const [old, now] = [PROFILES.indexOf(lost.profile), PROFILES.indexOf(profile)];
    const effect = old < 0 || now < 0 ? "changes" : now > old ? "gains" : "loses";
    const sentence = phrase`${who} has the profile ${profile} on the database ${database}${meaning(gained)}${through(gained.via)}, before ${lost.profile}${through(lost.via)}.`;
    return { ...about, topic: "privileges", effect, database, profile, sentence };
}

const PROFILES: readonly string[] = BUILT_IN_PROFILES;

const MEANINGS: Record<string, string> = {
    readonly: "may read all of it",
    readwrite: "may read and write all of it",
    owner: "may make, change and drop all of it",
};

/** For readers who do not know the profiles. */
function meaning({ profile, privileges }: EffectiveProfile): Phrase {
    if (Object.hasOwn(MEANINGS, profile)) return phrase` (${plainWords(MEANINGS[profile]!)})`;
    return phrase` (${privilegesInWords(privileges)})`;
}

function through(via: string[]): Phrase {
    return via.length > 0 ? phrase` through ${listed(via)}` : plainWords("");
}

/** Memberships that are no profiles of a database: other principals, and roles like pg_monitor. */
function memberships(
    about: Pick<AccessChange, "who" | "objectId">,
    who: Phrase,
    before: Principal | undefined,
    after: Principal | undefined,
    old: AccessModel,
    now: AccessModel,
): AccessChange[] {
    const others = (p: Principal | undefined, model: AccessModel) =>
        (p?.memberOf ?? []).filter((role) => !model.roles.some((known) => known.role === role));
    const [had, has] = [others(before, old), others(after, now)];
    return [
        ...has
            .filter((role) => !had.includes(role))
            .map((role): AccessChange => ({
                ...about,
                topic: "privileges",
                effect: "gains",
                sentence: phrase`${who} becomes a member of the role ${role}, and may do what it may.`,
            })),
        ...had
            .filter((role) => !has.includes(role))
            .map((role): AccessChange => ({
                ...about,
                topic: "privileges",
                effect: "loses",
                sentence: phrase`${who} is no member of the role ${role} any more.`,
            })),
    ];
}

function subject(principal: Principal): Pick<AccessChange, "who" | "objectId"> {
    return { who: principal.name, objectId: principal.objectId };
}

function idOf(principal: Principal): string {
    return principal.objectId ?? "(found by name)";
}
