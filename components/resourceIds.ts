import { ValidationError } from "./validationError";

/** Resource ids of Azure, as far as the components take them. Pure. */

/** What a resource id is of. */
export interface ResourceKind {
    /** In words, for messages. */
    what: string;
    /** For instance `Microsoft.Compute/virtualMachines`. */
    type: string;
    /** A command that prints it. */
    command: string;
}

export const VIRTUAL_MACHINE: ResourceKind = {
    what: "a virtual machine",
    type: "Microsoft.Compute/virtualMachines",
    command: "az vm show --resource-group <group> --name <name> --query id",
};

export const USER_ASSIGNED_IDENTITY: ResourceKind = {
    what: "a user-assigned managed identity",
    type: "Microsoft.ManagedIdentity/userAssignedIdentities",
    command: "az identity show --resource-group <group> --name <name> --query id",
};

/** A resource id taken apart. */
export interface ResourceIdParts {
    subscriptionId: string;
    resourceGroupName: string;
    name: string;
}

/** @throws ValidationError where it is no resource id of this kind. The letter case of its fixed parts does not count. */
export function resourceIdParts(argument: string, id: unknown, kind: ResourceKind): ResourceIdParts {
    const match =
        typeof id === "string"
            ? /^\/subscriptions\/([^/?#]+)\/resourceGroups\/([^/?#]+)\/providers\/([^/?#]+\/[^/?#]+)\/([^/?#]+)$/i.exec(
                  id,
              )
            : null;
    if (match && match[3]!.toLowerCase() === kind.type.toLowerCase())
        return { subscriptionId: match[1]!, resourceGroupName: match[2]!, name: match[4]! };
    throw new ValidationError(
        argument,
        id,
        `this is the resource id of ${kind.what} (/subscriptions/…/resourceGroups/…/providers/${kind.type}/…)`,
        `copy it from \`${kind.command}\``,
    );
}
