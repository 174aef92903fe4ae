/** A set as the engine drives it: check, then diff, then create or update; the state is kept between. */
import type { ProviderClient } from "./grpcClient";
import type { Running } from "./running";

type Properties = Record<string, unknown>;

export const SET_URN = "urn:pulumi:local::project::azure-postgres-entra:index:DatabasePrincipalSet::";

export class SetRun {
    readonly urn: string;
    id = "";
    inputs: Properties = {};
    state: Properties = {};

    constructor(
        readonly local: Running,
        name: string,
        readonly client: ProviderClient = local.client,
        readonly connection: Properties = local.connection(),
    ) {
        this.urn = SET_URN + name;
    }

    /** @throws what was refused, as JSON. */
    async check(principals: Properties, more: Properties = {}): Promise<Properties> {
        const given = { connection: this.connection, principals, ...more };
        const { inputs, failures } = await this.client.check(this.urn, given, this.inputs);
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
        return inputs;
    }

    /** What a preview would show: property paths and kinds. */
    async diff(principals: Properties, more: Properties = {}): Promise<Record<string, string>> {
        const news = await this.check(principals, more);
        const diff = await this.client.diff(this.urn, this.id, this.state, this.inputs, news);
        return diff.detailed;
    }

    async up(principals: Properties, more: Properties = {}): Promise<Record<string, Properties>> {
        const news = await this.check(principals, more);
        if (this.id === "") {
            const created = await this.client.create(this.urn, news);
            [this.id, this.state] = [created.id, created.properties];
        } else {
            this.state = await this.client.update(this.urn, this.id, this.state, this.inputs, news);
        }
        this.inputs = news;
        return this.principals;
    }

    async refresh(): Promise<Record<string, Properties>> {
        const found = (await this.client.read(this.urn, this.id, this.inputs, this.state))!;
        [this.inputs, this.state] = [found.inputs, found.properties];
        return this.principals;
    }

    async destroy(): Promise<void> {
        await this.client.delete(this.urn, this.id, this.state, this.inputs);
        [this.id, this.inputs, this.state] = ["", {}, {}];
    }

    get principals(): Record<string, Properties> {
        return (this.state["principals"] ?? {}) as Record<string, Properties>;
    }

    /** Another process with the same state, as the next deployment is. */
    in(client: ProviderClient): SetRun {
        const other = new SetRun(this.local, this.urn.slice(SET_URN.length), client, this.connection);
        [other.id, other.inputs, other.state] = [this.id, this.inputs, this.state];
        return other;
    }
}

/** A service principal of the tenant as an entry. */
export function entry(local: Running, displayName: string, more: Properties = {}): Properties {
    return { principalType: "ServicePrincipal", objectId: local.identity(displayName), ...more };
}
