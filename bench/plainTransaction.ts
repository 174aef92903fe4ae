/** What everything else is compared with: the same statements in one transaction, sent one after another as psql does. */
import type pg from "pg";
import { identifier } from "../components/provider/sql";
import type { Person, Subject } from "./subject";

/** In one statement, as the set drops them; one by one takes PostgreSQL many times as long. */
const DROPPED_AT_ONCE = 1_000;

export class PlainTransaction implements Subject {
    #people: readonly Person[] = [];

    /** @param signIn through the gateway, as the provider does; psql signs in for each script. */
    constructor(private readonly signIn: () => Promise<pg.Client>) {}

    async create(people: readonly Person[]): Promise<void> {
        this.#people = people;
        await this.#transaction(async (client) => {
            for (const { name, objectId } of people) {
                await client.query(
                    "select pgaadauth_create_principal_with_oid($1, $2, 'service', false, false)",
                    [name, objectId],
                );
            }
        });
    }

    async delete(): Promise<void> {
        await this.#transaction(async (client) => {
            const names = this.#people.map(({ name }) => identifier(name));
            for (let start = 0; start < names.length; start += DROPPED_AT_ONCE) {
                const some = names.slice(start, start + DROPPED_AT_ONCE);
                await client.query(`drop role ${some.join(", ")}`);
            }
        });
    }

    async #transaction(action: (client: pg.Client) => Promise<void>): Promise<void> {
        const client = await this.signIn();
        try {
            await client.query("begin");
            await action(client);
            await client.query("commit");
        } finally {
            await client.end();
        }
    }
}
