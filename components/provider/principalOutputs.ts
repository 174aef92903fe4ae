/** What is kept in the state about a principal, and what a refresh says about it. Pure. */
import { specOf, UNLABELLED, type PrincipalSpec } from "./principalSpec";
import { UNKNOWN, type PropertyMap } from "./resourceProvider";
import { ADMIN_ROLE, adminTraits, isUsable, type Membership, type RoleState } from "./roleState";
import { sameValue, settingKey } from "./settings";

/** What the database holds, in terms of the inputs. @param declared Decides between two forms of the same thing. */
function actualSpec(role: RoleState, declared: PrincipalSpec | undefined): PrincipalSpec {
    const admin = adminTraits(role);
    const isAdmin = declared?.isAdmin ? admin.all : declared ? admin.some : (role.label?.admin ?? false);
    return {
        name: role.name,
        kind: role.label?.kind ?? declared?.kind ?? "User",
        objectId: role.label?.objectId,
        isAdmin,
        requireMfa: role.label?.mfa ?? false,
        memberOf: inDeclaredOrder(memberOf(role), declared?.memberOf ?? [], (name) => name),
        settings: inDeclaredOrder(role.settings, declared?.settings ?? [], settingKey).map((setting) => {
            const wanted = declared?.settings.find((other) => settingKey(other) === settingKey(setting));
            return wanted && sameValue(setting.name, setting.value, wanted.value) ? wanted : setting;
        }),
        connectionLimit: role.connectionLimit,
    };
}

/** Names, with what is unlike a plain GRANT beside them, so that such a drift shows and the next deployment ends it. */
function memberOf(role: RoleState): string[] {
    const names = [...new Set(role.memberships.map((membership) => membership.role))];
    return names
        .filter((name) => name !== ADMIN_ROLE)
        .map((name) => name + deviation(role.memberships.filter((membership) => membership.role === name)));
}

function deviation(held: Membership[]): string {
    if (held.some((membership) => membership.admin)) return " (with ADMIN OPTION)";
    return held.some(isUsable) ? "" : " (without INHERIT or SET)";
}

/** What is declared first, in that order; then the rest. Otherwise every refresh would show a change of order. */
function inDeclaredOrder<T>(items: T[], declared: T[], keyOf: (item: T) => string): T[] {
    const rank = new Map(declared.map((item, index) => [keyOf(item), index]));
    const place = (item: T) => rank.get(keyOf(item)) ?? declared.length;
    return [...items].sort((one, other) => place(one) - place(other));
}

/** The outputs. `canLogin` is false for a role that somebody, or an earlier removal, took LOGIN from. */
export function outputsOf(role: RoleState, declared: PrincipalSpec): PropertyMap {
    const actual = actualSpec(role, declared);
    return {
        name: actual.name,
        principalType: actual.kind,
        objectId: actual.objectId,
        isAdmin: actual.isAdmin,
        requireMfa: actual.requireMfa,
        memberOf: actual.memberOf,
        settings: actual.settings,
        connectionLimit: actual.connectionLimit,
        canLogin: role.canLogin,
    };
}

/** What an entry of a set means where its state does not say it. */
const LEFT_OUT: PropertyMap = {
    isAdmin: false,
    requireMfa: false,
    memberOf: [],
    settings: [],
    connectionLimit: -1,
    canLogin: true,
};
const LEFT_OUT_TEXTS = new Map(Object.entries(LEFT_OUT).map(([key, value]) => [key, JSON.stringify(value)]));

/**
 * The outputs of one of many principals: only what is not as by default. The engine copies, checks and logs each value of the
 * state a dozen times in a deployment, so with 1,000 principals those that say nothing cost more than the database.
 */
export function entryOutputs(outputs: PropertyMap): PropertyMap {
    const told = Object.entries(outputs).filter(
        ([key, value]) => LEFT_OUT_TEXTS.get(key) !== JSON.stringify(value),
    );
    return Object.fromEntries(told);
}

/** The declared inputs, changed only where the database differs: a refresh without drift changes nothing. */
export function inputsFromDatabase(role: RoleState, inputs: PropertyMap): PropertyMap {
    const isImport = inputs["name"] === undefined;
    const declared = isImport ? undefined : specOf(inputs);
    const actual = actualSpec(role, declared);
    const result: PropertyMap = { ...inputs };
    const put = (key: string, value: unknown, old: unknown) => {
        if (JSON.stringify(value) !== JSON.stringify(old)) result[key] = value;
    };
    put("name", actual.name, declared?.name);
    put("principalType", actual.kind, declared?.kind);
    if (isImport || declared?.objectId !== undefined) put("objectId", actual.objectId, declared?.objectId);
    put("isAdmin", actual.isAdmin, declared?.isAdmin ?? false);
    put("requireMfa", actual.requireMfa, declared?.requireMfa ?? false);
    put("connectionLimit", actual.connectionLimit, declared?.connectionLimit ?? -1);
    // In declared order, so equal lists are equal texts.
    put("memberOf", actual.memberOf, declared?.memberOf ?? []);
    put("settings", actual.settings, declared?.settings ?? []);
    return result;
}

/** What can be said before anything is done. */
export function previewOutputs(inputs: PropertyMap, ownedObjectId: string | undefined): PropertyMap {
    const { kind, rebindFrom, ...spec } = specOf(inputs);
    const objectId = spec.objectId ?? (rebindFrom === UNLABELLED ? UNKNOWN : ownedObjectId) ?? UNKNOWN;
    return { ...spec, principalType: kind, objectId, canLogin: true };
}
