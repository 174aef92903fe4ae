/** A local Azure for tests: the resource API over a recording engine, with a tenant, and the usual resources. */

import type { PropertyMap } from "../../components/provider/resourceProvider";
import { ArmError } from "../../emulator/arm/armError";
import type { Authentication, DatabaseEngine, DatabaseServer } from "../../emulator/arm/databaseEngine";
import { formatId } from "../../emulator/arm/resourceId";
import { ResourceApi } from "../../emulator/arm/resourceApi";
import type { ResourceView } from "../../emulator/arm/resourceView";
import { typeOfToken } from "../../emulator/arm/resourceTypes";
import { Directory } from "../../emulator/entra/directory";
import { Faults } from "../../emulator/faults";
import type { EntraAdministrator, ServerSpec, Surroundings } from "../../emulator/postgres/serverTypes";
import { RecordingClusters } from "./recordingClusters";

export const SUBSCRIPTION = "5b1c7a52-0000-4000-8000-000000000001";
export const TENANT = "7e4a0000-0000-4000-8000-00000000000a";
export const ADA = "ada00000-0000-4000-8000-000000000001";
export const GROUP = "90000000-0000-4000-8000-000000000002";
export const ROBOT = "50000000-0000-4000-8000-000000000003";

/** Notes what it is told; a test can hold it up or let it fail. */
export class RecordingEngine implements DatabaseEngine {
    readonly calls: string[] = [];
    readonly specs = new Map<string, ServerSpec>();
    readonly surroundings = new Map<string, Surroundings>();
    /** Awaited before each call is done. */
    gate: Promise<void> = Promise.resolve();
    /** Thrown by the next call. */
    failure: Error | undefined;
    readonly #servers = new Map<string, DatabaseServer>();
    readonly clusters = new RecordingClusters((text) => this.#note(text));

    async create(spec: ServerSpec, surroundings: Surroundings): Promise<DatabaseServer> {
        return this.#start("create", spec, surroundings);
    }

    async open(spec: ServerSpec, surroundings: Surroundings): Promise<DatabaseServer> {
        return this.#start("open", spec, surroundings);
    }

    get(name: string): DatabaseServer | undefined {
        return this.#servers.get(name);
    }

    async remove(name: string): Promise<void> {
        await this.#note(`remove ${name}`);
        this.#servers.delete(name);
    }

    async #start(verb: string, spec: ServerSpec, surroundings: Surroundings): Promise<DatabaseServer> {
        await this.#note(`${verb} ${spec.name}`);
        this.specs.set(spec.name, spec);
        this.surroundings.set(spec.name, surroundings);
        const note = (text: string) => this.#note(`${spec.name}: ${text}`);
        const server: DatabaseServer = {
            setAuthentication: (a: Authentication) => note(`authentication ${JSON.stringify(a)}`),
            addAdministrator: (a: EntraAdministrator) =>
                note(`administrator ${a.roleName} ${a.objectId} ${a.principalType}`),
            removeAdministrator: (objectId) => note(`no administrator ${objectId}`),
            setSingleServerAdministrator: (a) => note(`the one administrator ${a?.roleName}`),
            createDatabase: (name, charset, collation) => note(`database ${name} ${charset} ${collation}`),
            dropDatabase: (name) => note(`no database ${name}`),
            setParameter: (name, value) => note(`${name} = ${value}`),
            getParameter: () => Promise.resolve({ value: "17.6 (Debian)" }),
            restart: () => note("restart"),
        };
        this.#servers.set(spec.name, server);
        return server;
    }

    async #note(text: string): Promise<void> {
        await this.gate;
        const failure = this.failure;
        this.failure = undefined;
        if (failure) throw failure;
        this.calls.push(text);
    }
}

export function testDirectory(): Directory {
    return new Directory(TENANT, [
        {
            objectId: ADA,
            principalType: "User",
            displayName: "Ada Lovelace",
            userPrincipalName: "ada@example.com",
        },
        { objectId: GROUP, principalType: "Group", displayName: "Prod DB Admins", members: [ADA] },
        {
            objectId: ROBOT,
            principalType: "ServicePrincipal",
            displayName: "deployer",
            appId: "a0000000-0000-4000-8000-000000000004",
        },
    ]);
}

export interface TestAzureOptions {
    stateFile?: string;
    /** Default: the recording one. */
    engine?: DatabaseEngine;
    directory?: Directory;
}

export class TestAzure {
    readonly engine = new RecordingEngine();
    readonly faults = new Faults();
    readonly directory: Directory;
    readonly api: ResourceApi;

    constructor({ stateFile, engine, directory }: TestAzureOptions = {}) {
        this.directory = directory ?? testDirectory();
        this.api = new ResourceApi({
            subscriptionId: SUBSCRIPTION,
            directory: this.directory,
            servers: engine ?? this.engine,
            faults: this.faults,
            stateFile,
        });
    }

    /** Writes a resource by its short type (`network:Subnet`) and azure-native's inputs. */
    put(type: string, inputs: PropertyMap): Promise<ResourceView> {
        return this.api.put(this.id(type, inputs), inputs);
    }

    id(type: string, names: PropertyMap): string {
        return formatId(typeOfToken(`azure-native:${type}`)!.path, SUBSCRIPTION, { ...GROUP_NAME, ...names });
    }

    group(name = "rg", location = "westeurope"): Promise<ResourceView> {
        return this.put("resources:ResourceGroup", { resourceGroupName: name, location });
    }

    nsg(rules: PropertyMap[] = [], name = "nsg"): Promise<ResourceView> {
        return this.put("network:NetworkSecurityGroup", {
            ...IN_GROUP,
            networkSecurityGroupName: name,
            securityRules: rules,
        });
    }

    routeTable(routes: PropertyMap[] = [], name = "routes"): Promise<ResourceView> {
        return this.put("network:RouteTable", { ...IN_GROUP, routeTableName: name, routes });
    }

    network(more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("network:VirtualNetwork", {
            ...IN_GROUP,
            virtualNetworkName: "vnet",
            addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
            ...more,
        });
    }

    subnet(more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("network:Subnet", {
            ...GROUP_NAME,
            virtualNetworkName: "vnet",
            subnetName: "postgres",
            addressPrefix: "10.0.1.0/28",
            delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
            ...more,
        });
    }

    /** A zone, linked to the network. */
    async zone(name = "local.private.postgres.database.azure.com", linked = true): Promise<ResourceView> {
        const zone = await this.put("privatedns:PrivateZone", {
            ...GROUP_NAME,
            privateZoneName: name,
            location: "global",
        });
        if (linked) {
            await this.put("privatedns:VirtualNetworkLink", {
                ...GROUP_NAME,
                privateZoneName: name,
                virtualNetworkLinkName: "link",
                location: "global",
                virtualNetwork: { id: this.id("network:VirtualNetwork", { virtualNetworkName: "vnet" }) },
            });
        }
        return zone;
    }

    server(more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("dbforpostgresql:Server", { ...SERVER_INPUTS, ...more });
    }

    /** Group, network, subnet, zone and a private server in them. */
    async privateServer(subnet: PropertyMap = {}, more: PropertyMap = {}): Promise<ResourceView> {
        await this.group();
        await this.network();
        const { id } = await this.subnet(subnet);
        const zone = await this.zone();
        return this.server({
            network: { delegatedSubnetResourceId: id, privateDnsZoneArmResourceId: zone.id },
            ...more,
        });
    }

    configuration(configurationName: string, value: string, more: PropertyMap = {}): Promise<ResourceView> {
        const source = "user-override";
        return this.put("dbforpostgresql:Configuration", {
            ...OF_SERVER,
            configurationName,
            value,
            source,
            ...more,
        });
    }

    database(databaseName: string, more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("dbforpostgresql:Database", { ...OF_SERVER, databaseName, ...more });
    }

    /** A rule for 203.0.113.0 to 203.0.113.255. */
    firewall(more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("dbforpostgresql:FirewallRule", {
            ...OF_SERVER,
            firewallRuleName: "office",
            startIpAddress: "203.0.113.0",
            endIpAddress: "203.0.113.255",
            ...more,
        });
    }

    administrator(more: PropertyMap = {}): Promise<ResourceView> {
        return this.put("dbforpostgresql:AdministratorsMicrosoftEntra", {
            ...OF_SERVER,
            objectId: ADA,
            principalName: "ada@example.com",
            principalType: "User",
            tenantId: TENANT,
            ...more,
        });
    }
}

export const GROUP_NAME = { resourceGroupName: "rg" };
export const IN_GROUP = { ...GROUP_NAME, location: "westeurope" };
export const OF_SERVER = { ...GROUP_NAME, serverName: "pg-test" };

/** A public server with Microsoft Entra sign-in alone. */
export const SERVER_INPUTS = {
    ...IN_GROUP,
    serverName: "pg-test",
    version: "17",
    sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: TENANT },
};

export const PASSWORD_MODE = {
    authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled", tenantId: "" },
    administratorLogin: "pgadmin",
    administratorLoginPassword: "Correct-Horse-7",
};

/** An outbound rule; all of it can be replaced. */
export function rule(name: string, priority: number, more: PropertyMap = {}): PropertyMap {
    return {
        name,
        priority,
        direction: "Outbound",
        access: "Allow",
        protocol: "Tcp",
        sourceAddressPrefix: "*",
        sourcePortRange: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: "*",
        ...more,
    };
}

/** For `assert.rejects`: an answer with this code, and text that matches. */
export function armError(code: string, text: RegExp = /./): (error: unknown) => boolean {
    return (error) => {
        if (!(error instanceof ArmError)) throw error;
        if (error.code !== code || !text.test(error.message)) {
            throw new Error(`expected ${code} ${text}, got ${error.toString()}`);
        }
        return true;
    };
}
