import { allowsEntra, AuthMode } from "./authMode";
import { checkObjectId, checkRoleName, checkUserPrincipalName } from "./names";
import { checkPrincipalType, PrincipalType } from "./principalType";
import { ValidationError } from "./validationError";

/** A Microsoft Entra identity that becomes a role. What is not known yet (an output) is left out and not checked. */
export interface PrincipalToCheck {
    /** Where it stands, for instance `administrators[0]`. */
    argument: string;
    /** What its two arguments are called, for messages. Default: `principalName` and `objectId`. */
    nameArgument?: string;
    name?: string;
    objectId?: string;
    principalType?: string;
    /** True where the service finds the identity by its name, which must then be the directory's (F61). */
    foundByName?: boolean;
}

/** Checks each identity of a list, then that neither a name nor an object id stands twice. */
export function checkIdentities(identities: PrincipalToCheck[]): void {
    for (const identity of identities) checkIdentity(identity);
    const byName = identities.map((i) => ({ argument: nameOf(i), value: i.name, key: i.name }));
    refuseSecond(byName, "one name is one role (F68)", "give each identity a name of its own");
    const byId = identities.map((i) => ({
        argument: `${i.argument}.objectId`,
        value: i.objectId,
        key: i.objectId?.toLowerCase(),
    }));
    refuseSecond(byId, "one identity is one role", "name each object id once");
}

/**
 * Checks the principals of a server's databases beside its administrators.
 *
 * @throws ValidationError for an identity that is both administrator and principal (E5, F69), for a name used twice,
 *   and for any principal where the mode lets no Entra identity in
 */
export function checkPrincipals(
    authMode: AuthMode,
    administrators: PrincipalToCheck[],
    principals: PrincipalToCheck[],
): void {
    const [first] = principals;
    if (first && !allowsEntra(authMode))
        throw new ValidationError(
            first.argument,
            first.name,
            `authMode ${authMode} lets no Microsoft Entra identity in`,
            `remove it, or use authMode ${AuthMode.EntraAndPassword}`,
        );
    refuseAdministrators(administrators, principals);
    checkIdentities([...administrators, ...principals]);
}

/** E5, F69: Azure refuses the second role of an identity that is an administrator already. */
function refuseAdministrators(administrators: PrincipalToCheck[], principals: PrincipalToCheck[]): void {
    const byId = new Map(administrators.map((a) => [a.objectId?.toLowerCase(), a]));
    byId.delete(undefined);
    for (const principal of principals) {
        const administrator = byId.get(principal.objectId?.toLowerCase());
        if (!administrator) continue;
        throw new ValidationError(
            `${principal.argument}.objectId`,
            principal.objectId,
            `${administrator.argument} is the same identity, and an administrator of the server cannot be a principal of its databases as well (F69)`,
            "remove one of the two",
        );
    }
}

function checkIdentity(identity: PrincipalToCheck): void {
    const { name, objectId, principalType, argument } = identity;
    if (name !== undefined) checkRoleName(nameOf(identity), name);
    if (objectId !== undefined) checkObjectId(`${argument}.objectId`, objectId);
    if (principalType !== undefined) checkPrincipalType(`${argument}.principalType`, principalType);
    if (identity.foundByName && name !== undefined && principalType === PrincipalType.User)
        checkUserPrincipalName(nameOf(identity), name);
}

function nameOf(identity: PrincipalToCheck): string {
    return `${identity.argument}.${identity.nameArgument ?? "principalName"}`;
}

interface Keyed {
    argument: string;
    value: unknown;
    key: string | undefined;
}

/** @throws ValidationError that names the first entry whose key an earlier one has. */
export function refuseSecond(entries: Keyed[], rule: string, fix: string): void {
    const seen = new Map<string, string>();
    for (const { argument, value, key } of entries) {
        if (key === undefined) continue;
        const earlier = seen.get(key);
        if (earlier !== undefined)
            throw new ValidationError(argument, value, `${earlier} has it already and ${rule}`, fix);
        seen.set(key, argument);
    }
}
