/** The local postgresql provider on the real PostgreSQL, signed in as an Entra administrator with a token: no superuser. */

import assert from "node:assert/strict";
import { parseUrn, type PropertyMap } from "../../components/provider/resourceProvider";
import { connectToLocalServers, postgresqlProvider, type Connect } from "../../emulator/providers/postgresql";
import { HOST, startTestServers, type TestServers } from "../postgres/testServers";
import { ADA } from "../postgres/testTenant";

export const ADMINISTRATOR = ADA.userPrincipalName!;

export const urn = (type: string) => parseUrn(`urn:pulumi:local::p::${type}::thing`);

export interface Resource {
    type: string;
    id: string;
    inputs: PropertyMap;
    state: PropertyMap;
}

/** A server with the database `shop`, and what a program does with the provider. Every call checks that no drift shows. */
export class PostgresqlWorld {
    /** How often the provider fetched a token. */
    signIns = 0;
    /** All that the provider sent. */
    readonly statements: string[] = [];
    readonly provider: ReturnType<typeof postgresqlProvider>;

    private constructor(readonly servers: TestServers) {
        const connect = connectToLocalServers({
            resolve: (host) =>
                host === HOST ? { address: "127.0.0.1", port: servers.server.port } : undefined,
            ca: servers.ca.certificate,
            token: () => {
                this.signIns++;
                return servers.tokens.token(ADA);
            },
        });
        const recorded: Connect = async (options) => {
            const { query, end } = await connect(options);
            return { query: (text, values) => (this.statements.push(text), query(text, values)), end };
        };
        this.provider = postgresqlProvider({ environment: {}, connect: recorded });
    }

    static async start(): Promise<PostgresqlWorld> {
        const servers = await startTestServers({
            passwordEnabled: true,
            administratorLogin: "pgadmin",
            administratorLoginPassword: "Passw0rd!",
        });
        await servers.server.addAdministrator({
            roleName: ADMINISTRATOR,
            objectId: ADA.objectId,
            principalType: "User",
        });
        await servers.server.createDatabase("shop", "UTF8", "en_US.utf8");
        const world = new PostgresqlWorld(servers);
        const signIn = { username: ADMINISTRATOR, azureIdentityAuth: "true", sslmode: "verify-full" };
        await world.provider.configure!({ host: HOST, ...signIn });
        return world;
    }

    async create(type: string, given: PropertyMap): Promise<Resource> {
        const { inputs, failures } = await this.provider.check(urn(type), undefined, given);
        assert.deepEqual(failures, []);
        const { id, properties } = await this.provider.create(urn(type), inputs, {});
        const resource = { type, id, inputs, state: properties };
        assert.deepEqual((await this.read(resource))?.inputs, inputs);
        return resource;
    }

    read({ type, id, inputs, state }: Resource) {
        return this.provider.read(urn(type), id, inputs, state, {});
    }

    async update(resource: Resource, given: PropertyMap): Promise<void> {
        const type = urn(resource.type);
        const { inputs, failures } = await this.provider.check(type, resource.inputs, given);
        assert.deepEqual(failures, []);
        resource.state = await this.provider.update(
            type,
            resource.id,
            resource.state,
            resource.inputs,
            inputs,
            {},
        );
        resource.inputs = inputs;
        assert.deepEqual((await this.read(resource))?.inputs, inputs);
    }

    delete({ type, id, state, inputs }: Resource): Promise<void> {
        return this.provider.delete(urn(type), id, state, inputs, {});
    }

    /** Twice: absence is success. */
    async remove(resource: Resource): Promise<void> {
        for (let times = 0; times < 2; times++) {
            await this.delete(resource);
            assert.equal(await this.read(resource), undefined);
        }
    }

    /** As the superuser. */
    sql(text: string, values: unknown[] = [], database = "shop"): Promise<Record<string, unknown>[]> {
        return this.servers.server.superuserQuery(text, values, database) as Promise<
            Record<string, unknown>[]
        >;
    }
}
