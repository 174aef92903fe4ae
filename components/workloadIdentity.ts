import * as pulumi from "@pulumi/pulumi";
import { getVirtualMachineOutput } from "@pulumi/azure-native/compute";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as azuread from "@pulumi/azuread";
import { Cloud } from "./clouds";
import { withFormerNames } from "./formerNames";
import { validated } from "./inputs";
import { checkObjectId } from "./names";
import { PrincipalType } from "./principalType";
import { resourceIdParts, USER_ASSIGNED_IDENTITY, VIRTUAL_MACHINE } from "./resourceIds";
import { VirtualMachineIdentity } from "./virtualMachineIdentity";
import type {
    NewWorkloadIdentityArgs,
    WorkloadConnectionArgs,
    WorkloadIdentityArgs,
} from "./workloadIdentityArgs";
import {
    checkFound,
    checkIdentityName,
    checkWorkloadIdentity,
    ownPrincipalId,
} from "./workloadIdentityChecks";
import {
    metadataRequest,
    metadataTokenCommand,
    workloadClients,
    workloadEnvironment,
    type WorkloadOptions,
} from "./workloadSignIn";

/** The block identity of a virtual machine. */
export interface VirtualMachineIdentityBlock {
    /** UserAssigned, or SystemAssigned for a machine's own. */
    type: string;
    /** Resource ids of the identities. */
    userAssignedIdentities: string[];
}

interface IdentityParts {
    principalId: pulumi.Output<string>;
    clientId: pulumi.Output<string>;
    principalName: pulumi.Output<string>;
    resourceId: pulumi.Output<string>;
    vmIdentity: pulumi.Output<VirtualMachineIdentityBlock>;
    userAssigned: boolean;
}

/**
 * The managed identity of a workload, which signs in without any secret (F35): a user-assigned one that is made or there
 * already, or a virtual machine's own. Its principal is that of a DatabasePrincipal: give that the output principalId as
 * objectId, never a client id (F65). The other outputs say how the workload signs in, on the machine that has the
 * identity.
 *
 * A virtual machine is never taken over. A machine of your program gets the output vmIdentity as its block identity;
 * onto a machine of another program (attachTo) the identity is put by a change of that block alone.
 *
 * Creating identities takes Managed Identity Contributor on the resource group (F57).
 */
export class WorkloadIdentity extends pulumi.ComponentResource {
    /** Object id of the service principal, to which roles belong (F65). */
    public readonly principalId: pulumi.Output<string>;
    /** Application (client) id, by which the workload names the identity; empty for a virtual machine's own. */
    public readonly clientId: pulumi.Output<string>;
    /** Name in Microsoft Entra ID: the identity's, or the virtual machine's (F38). */
    public readonly principalName: pulumi.Output<string>;
    /** Always "ServicePrincipal", for a DatabasePrincipal or an administrator. */
    public readonly principalType: pulumi.Output<string>;
    /** Resource id of the identity; empty for a virtual machine's own. */
    public readonly resourceId: pulumi.Output<string>;
    /** The block identity for a virtual machine that the program makes; a machine's other identities go beside it. */
    public readonly vmIdentity: pulumi.Output<VirtualMachineIdentityBlock>;
    /** The request for a token (F37): GET with the header `Metadata: true`; access_token in the answer is the password. */
    public readonly metadataRequest: pulumi.Output<string>;
    /** Prints a token; for bash, with curl and sed. */
    public readonly tokenCommand: pulumi.Output<string>;
    /** How each client signs in: a line for psql, connection strings for nodePostgres, psycopg, jdbc and npgsql. Empty without a connection. */
    public readonly clients: pulumi.Output<Record<string, string>>;
    /** Environment variables in which Azure Identity libraries sign in as this identity, and nobody else (F39). */
    public readonly environment: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
        checkWorkloadIdentity(name, args);
        super(
            "azure-postgres-entra:index:WorkloadIdentity",
            name,
            {},
            withFormerNames("WorkloadIdentity", name, opts),
        );
        const parts = identityParts(name, args, this);
        attach(name, args, parts, this);
        join(name, args, parts, this);
        const { principalId, clientId, principalName, resourceId, vmIdentity } = parts;
        this.principalId = principalId;
        this.clientId = clientId;
        this.principalName = principalName;
        this.principalType = pulumi.output<string>(PrincipalType.ServicePrincipal);
        this.resourceId = resourceId;
        this.vmIdentity = vmIdentity;
        const signIn = howToSignIn(args, parts);
        this.metadataRequest = signIn.metadataRequest;
        this.tokenCommand = signIn.tokenCommand;
        this.clients = signIn.clients;
        this.environment = signIn.environment;
        const { principalType } = this;
        this.registerOutputs({
            principalId,
            clientId,
            principalName,
            principalType,
            resourceId,
            vmIdentity,
            ...signIn,
        });
    }
}

function identityParts(name: string, args: WorkloadIdentityArgs, parent: pulumi.Resource): IdentityParts {
    if (args.create) return make(name, args.create, parent);
    const { userAssignedIdentityId, virtualMachineId } = args.existing!;
    return userAssignedIdentityId !== undefined
        ? lookUp(userAssignedIdentityId, parent)
        : ownOf(virtualMachineId!, parent);
}

function make(name: string, args: NewWorkloadIdentityArgs, parent: pulumi.Resource): IdentityParts {
    const { resourceGroupName, location, tags, identityName = name } = args;
    const resourceName = validated(identityName, (v) => checkIdentityName("create.identityName", v));
    const made = new managedidentity.UserAssignedIdentity(
        `${name}-identity`,
        { resourceGroupName, resourceName, location, tags },
        { parent },
    );
    // Known in a preview, unlike the output of the resource.
    const principalName = pulumi.output(resourceName);
    return userAssigned(made.id, { principalId: made.principalId, clientId: made.clientId, principalName });
}

function lookUp(id: pulumi.Input<string>, parent: pulumi.Resource): IdentityParts {
    const argument = "existing.userAssignedIdentityId";
    const found = pulumi.output(id).apply((given) => {
        const { resourceGroupName, name } = resourceIdParts(argument, given, USER_ASSIGNED_IDENTITY);
        const identity = managedidentity.getUserAssignedIdentityOutput(
            { resourceGroupName, resourceName: name },
            { parent },
        );
        return identity.apply((one) => checkFound(argument, given, one));
    });
    const { clientId, principalId, name: principalName } = found;
    return userAssigned(found.id, { clientId, principalId, principalName });
}

function userAssigned(
    resourceId: pulumi.Output<string>,
    ids: Pick<IdentityParts, "principalId" | "clientId" | "principalName">,
): IdentityParts {
    const vmIdentity = resourceId.apply((id) => ({ type: "UserAssigned", userAssignedIdentities: [id] }));
    return { ...ids, resourceId, vmIdentity, userAssigned: true };
}

function ownOf(id: pulumi.Input<string>, parent: pulumi.Resource): IdentityParts {
    const argument = "existing.virtualMachineId";
    const machine = pulumi.output(id).apply((given) => {
        const { resourceGroupName, name } = resourceIdParts(argument, given, VIRTUAL_MACHINE);
        const found = getVirtualMachineOutput({ resourceGroupName, vmName: name }, { parent });
        return found.apply((one) => checkFound(argument, given, one));
    });
    const principalId = machine.apply((one) => ownPrincipalId(argument, one));
    return {
        principalId,
        clientId: pulumi.output(""),
        principalName: machine.name,
        resourceId: pulumi.output(""),
        vmIdentity: pulumi.output({ type: "SystemAssigned", userAssignedIdentities: [] as string[] }),
        userAssigned: false,
    };
}

function attach(
    name: string,
    { attachTo = {}, cloud }: WorkloadIdentityArgs,
    { resourceId }: IdentityParts,
    parent: pulumi.Resource,
): void {
    for (const [key, id] of Object.entries(attachTo)) {
        const check = (value: unknown) => void resourceIdParts(`attachTo["${key}"]`, value, VIRTUAL_MACHINE);
        const virtualMachineId = validated(id, check);
        const args = { virtualMachineId, identityId: resourceId, cloud };
        new VirtualMachineIdentity(`${name}-on-${key}`, args, { parent });
    }
}

/** F21. */
function join(
    name: string,
    { groups = {} }: WorkloadIdentityArgs,
    { principalId }: IdentityParts,
    parent: pulumi.Resource,
): void {
    for (const [key, id] of Object.entries(groups)) {
        const groupObjectId = validated(id, (value) => checkObjectId(`groups["${key}"]`, value));
        const args = { groupObjectId, memberObjectId: principalId };
        new azuread.GroupMember(`${name}-in-${key}`, args, { parent });
    }
}

function howToSignIn(args: WorkloadIdentityArgs, parts: IdentityParts) {
    const known = pulumi
        .all([args.cloud, parts.userAssigned ? parts.clientId : undefined, args.metadataService])
        .apply(([cloud = Cloud.Public, clientId, metadataService]) => ({
            cloud,
            options: { clientId, metadataService } satisfies WorkloadOptions,
        }));
    const clients = args.connection
        ? pulumi
              .all([known, targetOf(args.connection, parts)])
              .apply(([{ cloud, options }, target]) => workloadClients({ ...target, cloud }, options))
        : pulumi.output({} as Record<string, string>);
    return {
        metadataRequest: known.apply(({ cloud, options }) => metadataRequest(cloud, options)),
        tokenCommand: known.apply(({ cloud, options }) => metadataTokenCommand(cloud, options)),
        environment: known.apply(({ cloud, options }) => workloadEnvironment(cloud, options)),
        clients,
    };
}

function targetOf(
    { host, port, user, database, address, caFile }: WorkloadConnectionArgs,
    parts: IdentityParts,
) {
    const role = user ?? parts.principalName;
    return pulumi.output({ host, port, user: role, database, address, caFile });
}
