import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds";

/** Inputs of a VirtualMachineIdentity. */
export interface VirtualMachineIdentityArgs {
    /** Resource id of the virtual machine, which belongs to another program. Changing this detaches and attaches anew. */
    virtualMachineId: pulumi.Input<string>;
    /** Resource id of the user-assigned identity. Changing this detaches and attaches anew. */
    identityId: pulumi.Input<string>;
    /** Which Azure cloud the machine is in. Default: Public. Changing this detaches and attaches anew. */
    cloud?: pulumi.Input<Cloud>;
}

/**
 * A user-assigned managed identity on a virtual machine that another program owns. It adds this one identity and touches
 * nothing else of the machine: its other identities and all its settings stay. Removed, it takes away what it has added;
 * an identity that was on the machine before stays there.
 *
 * The identity that runs Pulumi needs Microsoft.Compute/virtualMachines/write on the machine (Virtual Machine Contributor)
 * and Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on the identity (Managed Identity Operator). The
 * program that owns the machine must not declare its identities, or ignore changes of them: else its next deployment
 * takes this one away. For a machine of your own program use the block identity of the machine instead.
 */
export class VirtualMachineIdentity extends pulumi.CustomResource {
    // `declare`: a field with its own initialisation would overwrite what the base class assigns (target ES2022).
    /** Whether the identity was on the machine before; then it stays there when this is removed. */
    declare readonly attachedBefore: pulumi.Output<boolean>;

    constructor(name: string, args: VirtualMachineIdentityArgs, opts?: pulumi.CustomResourceOptions) {
        super(VirtualMachineIdentity.type, name, { ...args, attachedBefore: undefined }, opts);
    }

    /** The resource's type token. */
    static readonly type = "azure-postgres-entra:index:VirtualMachineIdentity";
}
