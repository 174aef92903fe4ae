import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds";

/** A user-assigned managed identity to be made. */
export interface NewWorkloadIdentityArgs {
    /** Name of the resource group. Changing this replaces the identity, which then is another one (F33). */
    resourceGroupName: pulumi.Input<string>;
    /**
     * Name of the identity, 3 to 128 letters, digits, hyphens and underscores; Entra shows its service principal under
     * it. Default: the component's name. Changing this replaces the identity, which then is another one (F33).
     */
    identityName?: pulumi.Input<string>;
    /** Region. Default: that of the resource group. Changing this replaces the identity. */
    location?: pulumi.Input<string>;
    /** Tags of the identity. Default: none. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A managed identity that is there already. Exactly one of the two. */
export interface ExistingWorkloadIdentityArgs {
    /** Resource id of a user-assigned identity. Default: none; then virtualMachineId is needed. */
    userAssignedIdentityId?: pulumi.Input<string>;
    /** Resource id of a virtual machine whose own, system-assigned identity is meant. It must have one (F38). Default: none. */
    virtualMachineId?: pulumi.Input<string>;
}

/** Where the workload signs in. */
export interface WorkloadConnectionArgs {
    /** Host name of the server, which TLS checks. */
    host: pulumi.Input<string>;
    /** The port. Default: 5432. */
    port?: pulumi.Input<number>;
    /** Name of the role: the principal's, or that of a group of which the identity is a member (F20, F21). Default: the identity's name. */
    user?: pulumi.Input<string>;
    /** The database. Default: postgres. */
    database?: pulumi.Input<string>;
    /** IP address and port to connect to instead of the host, for instance 127.0.0.1:6432 for a tunnel. Default: the host's. */
    address?: pulumi.Input<string>;
    /** File on the workload's machine with the authority to trust instead of the system's. For the local Azure. Default: the system's. */
    caFile?: pulumi.Input<string>;
}

/** Inputs of a WorkloadIdentity. Exactly one of create and existing. */
export interface WorkloadIdentityArgs {
    /** An identity to be made. Default: none; then existing is needed. */
    create?: NewWorkloadIdentityArgs;
    /** An identity that is there. Default: none; then create is needed. */
    existing?: ExistingWorkloadIdentityArgs;
    /**
     * Resource ids of virtual machines of other programs on which the identity is put, by names of your choice, which
     * are part of the resources' names. Nothing else of a machine is touched. For a machine of this program give the
     * output vmIdentity to the machine instead. Only for user-assigned identities. Default: none.
     */
    attachTo?: Record<string, pulumi.Input<string>>;
    /**
     * Object ids of Microsoft Entra groups that the identity becomes a member of (F21), by names of your choice, which are
     * part of the resources' names. Tokens of managed identities are cached, so that it may take a day until a membership
     * counts (F77). Default: none.
     */
    groups?: Record<string, pulumi.Input<string>>;
    /** Which Azure cloud everything is in. Default: Public. */
    cloud?: pulumi.Input<Cloud>;
    /** Where the workload signs in, for the outputs that say how. Default: those outputs are empty. */
    connection?: WorkloadConnectionArgs;
    /** Where the metadata service answers, for instance http://127.0.0.1:40123 for the local Azure. Default: that of Azure. */
    metadataService?: pulumi.Input<string>;
}
