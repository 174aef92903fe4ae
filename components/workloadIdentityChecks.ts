import { isPlain } from "./inputs";
import { checkObjectId } from "./names";
import { resourceIdParts, USER_ASSIGNED_IDENTITY, VIRTUAL_MACHINE } from "./resourceIds";
import { ValidationError } from "./validationError";
import type { ExistingWorkloadIdentityArgs, WorkloadIdentityArgs } from "./workloadIdentityArgs";

/** Checks of a workload's identity, before anything is registered. Pure. */

/**
 * @param at where the arguments stand, for messages
 * @throws ValidationError for what is known at once
 */
export function checkWorkloadIdentity(name: string, args: WorkloadIdentityArgs, at = ""): void {
    const { create, existing, attachTo = {}, groups = {} } = args;
    if ((create === undefined) === (existing === undefined))
        throw new ValidationError(
            `${at}${create ? "existing" : "create"}`,
            create ? "(given)" : undefined,
            "an identity is either made or there already",
            "give exactly one of create and existing",
        );
    if (create) checkIdentityName(`${at}create.identityName`, create.identityName ?? name);
    if (existing) checkExisting(existing, `${at}existing`);
    const attached = Object.entries(attachTo);
    if (existing?.virtualMachineId !== undefined && attached.length > 0)
        throw new ValidationError(
            `${at}attachTo`,
            Object.keys(attachTo),
            "the identity of a virtual machine is that machine's alone",
            "use a user-assigned identity for several machines, or leave attachTo out",
        );
    for (const [key, id] of attached) checkKey(`${at}attachTo`, key, id, VIRTUAL_MACHINE_ID);
    for (const [key, id] of Object.entries(groups)) checkKey(`${at}groups`, key, id, checkObjectId);
}

/** @throws ValidationError where no identity can have the name (Azure's naming rules). */
export function checkIdentityName(argument: string, name: unknown): void {
    if (!isPlain(name) || (typeof name === "string" && /^[A-Za-z0-9][\w-]{2,127}$/.test(name))) return;
    throw new ValidationError(
        argument,
        name,
        "a managed identity's name has 3 to 128 letters, digits, hyphens and underscores, and begins with a letter or digit",
        "choose such a name; the role in PostgreSQL may be called otherwise",
    );
}

const VIRTUAL_MACHINE_ID = (argument: string, id: unknown) =>
    void resourceIdParts(argument, id, VIRTUAL_MACHINE);

function checkKey(
    argument: string,
    key: string,
    value: unknown,
    check: (argument: string, value: unknown) => void,
): void {
    if (!/^[\w .@-]{1,100}$/.test(key))
        throw new ValidationError(
            argument,
            key,
            "the names are part of resource names: up to 100 letters, digits, spaces, dots, hyphens, underscores and at signs",
            "choose such a name; only its id says what it is",
        );
    if (isPlain(value)) check(`${argument}["${key}"]`, value);
}

function checkExisting(existing: ExistingWorkloadIdentityArgs, argument: string): void {
    const { userAssignedIdentityId, virtualMachineId } = existing;
    if ((userAssignedIdentityId === undefined) === (virtualMachineId === undefined))
        throw new ValidationError(
            argument,
            userAssignedIdentityId === undefined ? undefined : "(both given)",
            "an existing identity is a user-assigned one or a virtual machine's own",
            "give exactly one of userAssignedIdentityId and virtualMachineId",
        );
    if (userAssignedIdentityId !== undefined && isPlain(userAssignedIdentityId))
        resourceIdParts(`${argument}.userAssignedIdentityId`, userAssignedIdentityId, USER_ASSIGNED_IDENTITY);
    if (virtualMachineId !== undefined && isPlain(virtualMachineId))
        resourceIdParts(`${argument}.virtualMachineId`, virtualMachineId, VIRTUAL_MACHINE);
}

/**
 * The look-ups go to the subscription that Pulumi works in, whatever the id says.
 *
 * @throws ValidationError where something else was found
 */
export function checkFound<T extends { id: string }>(argument: string, given: string, found: T): T {
    if (sameId(given, found.id)) return found;
    throw new ValidationError(
        argument,
        given,
        `Pulumi works in another subscription, where there is ${found.id}`,
        "give the component a provider of that subscription (options: providers)",
    );
}

/** What a look-up says of a virtual machine. */
interface FoundMachine {
    id: string;
    name: string;
    identity?: { principalId?: string };
}

/** @throws ValidationError where the machine has no identity of its own (F38) */
export function ownPrincipalId(argument: string, { id, name, identity }: FoundMachine): string {
    if (identity?.principalId) return identity.principalId;
    const { resourceGroupName } = resourceIdParts(argument, id, VIRTUAL_MACHINE);
    throw new ValidationError(
        argument,
        id,
        "the machine has no identity of its own (F38)",
        `switch it on with \`az vm identity assign --name ${name} --resource-group ${resourceGroupName}\``,
    );
}

/** The two ids of a managed identity, which look alike. */
export interface IdentityIds {
    name: string;
    /** Object id of the service principal. */
    principalId: string;
    /** Application (client) id; empty where it is not known. */
    clientId: string;
}

/**
 * F65: a role that was made for a client id lets nobody in, and nothing says so until somebody signs in.
 *
 * @throws ValidationError where an object id is the client id of one of the identities
 */
export function checkNoClientId(
    argument: string,
    objectId: string,
    identities: readonly IdentityIds[],
): void {
    const found = identities.find(({ clientId }) => clientId !== "" && sameId(clientId, objectId));
    if (!found) return;
    throw new ValidationError(
        argument,
        objectId,
        `this is the client id of the managed identity '${found.name}', and tokens are matched to roles by the object id of its service principal (F65)`,
        `use its object id ${found.principalId}, or name the identity`,
    );
}

function sameId(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}
