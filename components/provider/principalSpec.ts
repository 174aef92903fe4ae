/** One database principal as the program declares it, with defaults. Pure. */
import type { PrincipalKind } from "./label";
import { isAbsent } from "./checks";
import type { PropertyMap } from "./resourceProvider";
import type { RoleSetting } from "./settings";

export interface PrincipalSpec {
    /** The role's name. */
    name: string;
    kind: PrincipalKind;
    /** GUID in lower case; without it the identity is found by name (F61). */
    objectId?: string;
    isAdmin: boolean;
    requireMfa: boolean;
    memberOf: string[];
    settings: RoleSetting[];
    /** -1: no limit. */
    connectionLimit: number;
    /** The object id whose role may be taken over, or `unlabelled` for a role without any. */
    rebindFrom?: string;
}

export const UNLABELLED = "unlabelled";

/** The properties of one principal, apart from `connection`, `flavor` and `onDelete`, which a set shares. */
export const PRINCIPAL_KEYS = [
    "name",
    "principalType",
    "objectId",
    "isAdmin",
    "requireMfa",
    "memberOf",
    "settings",
    "connectionLimit",
    "rebindFrom",
];

/** The declared values with defaults; unknown ones stay unknown. Only for inputs that `checkPrincipal` lets pass. */
export function specOf(props: PropertyMap): PrincipalSpec {
    const or = <T>(value: unknown, fallback: T) => (isAbsent(value) ? fallback : (value as T));
    const lower = (value: unknown) => (isAbsent(value) ? undefined : (value as string).toLowerCase());
    return {
        name: props["name"] as string,
        kind: props["principalType"] as PrincipalKind,
        objectId: lower(props["objectId"]),
        isAdmin: or(props["isAdmin"], false),
        requireMfa: or(props["requireMfa"], false),
        memberOf: or<string[]>(props["memberOf"], []),
        settings: or<RoleSetting[]>(props["settings"], []),
        connectionLimit: or(props["connectionLimit"], -1),
        rebindFrom: lower(props["rebindFrom"]),
    };
}
