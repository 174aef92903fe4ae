import { ValidationError } from "./validationError";

/** The kinds of Microsoft Entra identities, spelled as the API of the Flexible Server wants them. */
export enum PrincipalType {
    /** A person, by user principal name. */
    User = "User",
    /** A group: its members sign in under the group's name (F20). */
    Group = "Group",
    /** An application or a managed identity. */
    ServicePrincipal = "ServicePrincipal",
}

/** @throws ValidationError where there is no such type; E6: the SDK's own enum has another API's spelling. */
export function checkPrincipalType(argument: string, value: unknown): void {
    const known = Object.values(PrincipalType) as unknown[];
    if (known.includes(value)) return;
    throw new ValidationError(
        argument,
        value,
        "there is no such type, and the spelling counts",
        `use one of ${known.join(", ")} (a managed identity is a ${PrincipalType.ServicePrincipal})`,
    );
}
