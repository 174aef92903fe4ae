import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import type * as resourceProto from "@pulumi/pulumi/proto/resource_pb";

/** Everything that a program asked the engine to register. */
export interface Registration {
    type: string;
    name: string;
    urn: string;
    custom: boolean;
    /** Inputs with secrets unwrapped. */
    inputs: Record<string, unknown>;
    /** Names of the inputs that are secrets. */
    secrets: string[];
    parent: string;
    /** URNs that it waits for, by `dependsOn` or through its inputs. */
    dependencies: string[];
    onError: string[];
    beforeUpdate: string[];
    protect: boolean;
    deletedWith: string;
    retainOnDelete: boolean;
    /** URN and id of an explicit provider; empty for the default one. */
    provider: string;
    deleteBeforeReplace: boolean;
    ignoreChanges: string[];
    additionalSecretOutputs: string[];
    aliases: number;
}

export interface HookRegistration {
    name: string;
    kind: "error" | "resource";
    onDryRun: boolean;
}

type Answer = (inputs: Record<string, unknown>) => Record<string, unknown>;

export interface RecorderOptions {
    /** Default: false. */
    preview?: boolean;
    /** Answers of provider functions by token; a call of any other one fails the test. */
    calls?: Record<string, Answer>;
    /** Makes the engine refuse error hooks, as it does for a name that another process has registered. */
    refuseErrorHooks?: string;
}

/** The resource types that the components make, each with its outputs that are not inputs and, where it matters, its id. */
const TYPES: Record<string, Answer> = {
    "azure-native:dbforpostgresql:Server": (i) => ({
        name: i["serverName"],
        fullyQualifiedDomainName: `${String(i["serverName"])}.postgres.database.azure.com`,
    }),
    "azure-native:dbforpostgresql:Configuration": (i) => ({ name: i["configurationName"] }),
    "azure-native:dbforpostgresql:FirewallRule": (i) => ({ name: i["firewallRuleName"] }),
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra": (i) => ({ name: i["objectId"] }),
    "azure-native:dbforpostgresql:Database": (i) => ({ name: i["databaseName"] }),
    "azure-native:dbforpostgresql:ServerGroupCluster": (i) => ({
        name: i["clusterName"],
        serverNames: ["c", "w0"].map((node) => ({
            name: `${String(i["clusterName"])}-${node}`,
            fullyQualifiedDomainName: `${node}-${String(i["clusterName"])}.x.postgres.cosmos.azure.com`,
        })),
    }),
    "azure-native:dbforpostgresql:ServerGroupRole": (i) => ({ name: i["roleName"] }),
    "azure-native:dbforpostgresql:ServerGroupFirewallRule": (i) => ({ name: i["firewallRuleName"] }),
    "azure-native:dbforpostgresql:SingleServerServerAdministrator": () => ({ name: "activeDirectory" }),
    "azure-postgres-entra:index:DatabasePrincipal": () => ({}),
    "azure-native:resources:Resource": (i) => ({ name: i["resourceName"] }),
    "azure-native:network:VirtualNetwork": (i) => ({ name: i["virtualNetworkName"] }),
    "azure-native:network:Subnet": (i) => ({ name: i["subnetName"] }),
    "azure-native:network:NetworkSecurityGroup": (i) => ({ name: i["networkSecurityGroupName"] }),
    "azure-native:network:SecurityRule": (i) => ({ name: i["securityRuleName"] }),
    "azure-native:network:RouteTable": (i) => ({ name: i["routeTableName"] }),
    "azure-native:network:Route": (i) => ({ name: i["routeName"] }),
    "azure-native:network:FirewallPolicyRuleCollectionGroup": (i) => ({ name: i["ruleCollectionGroupName"] }),
    "azure-native:privatedns:PrivateZone": (i) => ({
        name: i["privateZoneName"],
        id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/${String(i["privateZoneName"])}`,
    }),
    "azure-native:privatedns:VirtualNetworkLink": (i) => ({ name: i["virtualNetworkLinkName"] }),
    "pulumi:providers:postgresql": () => ({}),
    "postgresql:index/role:Role": () => ({}),
    "postgresql:index/grantRole:GrantRole": () => ({}),
    "postgresql:index/schema:Schema": () => ({}),
    "postgresql:index/grant:Grant": () => ({}),
    "postgresql:index/defaultPrivileges:DefaultPrivileges": () => ({}),
    "azure-native:managedidentity:UserAssignedIdentity": (i) => ({
        id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${String(i["resourceName"])}`,
        name: i["resourceName"],
        principalId: "77777777-7777-4777-8777-777777777777",
        clientId: "88888888-8888-4888-8888-888888888888",
    }),
    "azure-postgres-entra:index:VirtualMachineIdentity": () => ({ attachedBefore: false }),
    "azuread:index/groupMember:GroupMember": () => ({}),
    "azuread:index/servicePrincipal:ServicePrincipal": () => ({}),
    "azuread:index/group:Group": () => ({ objectId: "99999999-9999-4999-8999-999999999999" }),
};

type Callback<T> = (error: Error | null, response?: T) => void;

/** Stands in for the engine, knows only what the components make, and writes down what it is asked. */
export class Recorder extends MockMonitor {
    readonly registrations: Registration[] = [];
    readonly hooks: HookRegistration[] = [];
    readonly calls: { token: string; inputs: Record<string, unknown> }[] = [];

    constructor(readonly options: RecorderOptions = {}) {
        super({
            newResource: ({ type, name, inputs, custom }) => {
                if (!custom) return { id: undefined, state: inputs };
                const answer = TYPES[type];
                assert.ok(answer, `the components make nothing of the type ${type}`);
                const { id = `/azure/${name}`, ...outputs } = answer(inputs);
                return { id: String(id), state: { ...inputs, ...outputs } };
            },
            call: ({ token, inputs }) => {
                this.calls.push({ token, inputs });
                const answer = options.calls?.[token];
                assert.ok(answer, `no answer for the call ${token}`);
                return answer(inputs);
            },
        });
    }

    override async registerResource(
        req: resourceProto.RegisterResourceRequest,
        callback: Callback<resourceProto.RegisterResourceResponse>,
    ): Promise<void> {
        const wrapped = rpc.deserializeProperties(req.getObject()!) as Record<string, unknown>;
        const urn = this["newUrn"](req.getParent(), req.getType(), req.getName());
        this.registrations.push({
            type: req.getType(),
            name: req.getName(),
            urn,
            custom: req.getCustom(),
            inputs: Object.fromEntries(Object.entries(wrapped).map(([k, v]) => [k, rpc.unwrapRpcSecret(v)])),
            secrets: Object.keys(wrapped).filter((key) => rpc.isRpcSecret(wrapped[key])),
            parent: req.getParent(),
            dependencies: req.getDependenciesList(),
            onError: req.getHooks()?.getOnErrorList() ?? [],
            beforeUpdate: req.getHooks()?.getBeforeUpdateList() ?? [],
            protect: req.getProtect() ?? false,
            deletedWith: req.getDeletedwith(),
            retainOnDelete: req.getRetainondelete() ?? false,
            provider: req.getProvider(),
            deleteBeforeReplace: req.getDeletebeforereplace(),
            ignoreChanges: req.getIgnorechangesList(),
            additionalSecretOutputs: req.getAdditionalsecretoutputsList(),
            aliases: req.getAliasesList().length,
        });
        return super.registerResource(req, callback);
    }

    registerErrorHook(req: resourceProto.RegisterErrorHookRequest, callback: Callback<object>): void {
        const { refuseErrorHooks } = this.options;
        if (refuseErrorHooks !== undefined) return callback(new Error(refuseErrorHooks));
        this.hooks.push({ name: req.getName(), kind: "error", onDryRun: false });
        callback(null, {});
    }

    registerResourceHook(req: resourceProto.RegisterResourceHookRequest, callback: Callback<object>): void {
        this.hooks.push({ name: req.getName(), kind: "resource", onDryRun: req.getOnDryRun() });
        callback(null, {});
    }
}

export interface Recording<T> {
    result: T;
    recorder: Recorder;
    registrations: Registration[];
    /** The only resource of the type with this name, or the only one of the type. Fails the test for none or several. */
    one(type: string, name?: string): Registration;
    all(type: string): Registration[];
    /** The value of an output. */
    value<V>(output: pulumi.Output<V>): Promise<V>;
}

const internalRuntime = pulumi.runtime as unknown as {
    awaitFeatureSupport(): Promise<void>;
    waitForRPCs(): Promise<void>;
};

/** Runs a program against a recorder and waits until everything that it registers has been. */
export async function record<T>(program: () => T, options: RecorderOptions = {}): Promise<Recording<T>> {
    const recorder = new Recorder(options);
    await pulumi.runtime.setMocks({ newResource: unused, call: unused }, "project", "stack", options.preview);
    pulumi.runtime.setMockOptions(recorder, "project", "stack", options.preview);
    // `setMockOptions` switches off all that `setMocks` switched on; asking the engine switches it on again.
    await internalRuntime.awaitFeatureSupport();
    const result = program();
    await internalRuntime.waitForRPCs();
    const { registrations } = recorder;
    const ofType = (type: string) =>
        registrations.filter((r) => r.type === type || r.type.endsWith(`:${type}`));
    return {
        result,
        recorder,
        registrations,
        all: ofType,
        one: (type, name) => {
            const found = ofType(type).filter((r) => name === undefined || r.name === name);
            const names = registrations.map((r) => `${r.type} ${r.name}`).join(", ");
            assert.equal(found.length, 1, `${type} ${name ?? ""}: ${found.length} found among ${names}`);
            return found[0]!;
        },
        value: (output) => new Promise((resolve) => void output.apply(resolve)),
    };
}

function unused(): never {
    throw new Error("the recorder answers instead");
}

/** Runs a program that must fail before it registers anything, and gives the error. */
export async function refusal(program: () => unknown, options: RecorderOptions = {}): Promise<Error> {
    let error: Error | undefined;
    const { registrations } = await record(() => {
        try {
            program();
        } catch (thrown) {
            error = thrown as Error;
        }
    }, options);
    assert.ok(error, "it was not refused");
    assert.deepEqual(
        registrations.map((r) => r.name),
        [],
        "nothing is registered before the check",
    );
    return error;
}
