/** The provider's resources, called as the engine calls them: check, diff, then what is to be done. */
import assert from "node:assert/strict";
import {
    parseUrn,
    type PropertyMap,
    type ResourceProvider,
    type ResourceRef,
} from "../components/provider/resourceProvider";
import { DATABASE_PRINCIPAL, DATABASE_PRINCIPAL_SET } from "../components/provider/schema";
import { CONNECTION_LIMIT, type Person, type Subject } from "./subject";

/** As many resources the engine has in work at a time. */
const PARALLEL = 16;

const resource = (type: string, name: string) => parseUrn(`urn:pulumi:bench::bench::${type}::${name}`);
const principal = ({ objectId }: Person, more: PropertyMap = {}): PropertyMap => ({
    principalType: "ServicePrincipal",
    objectId,
    ...more,
});

/** The provider of one job: a deployment starts its own, which signs in. */
class JobProvider {
    #running: ResourceProvider | undefined;

    constructor(private readonly start: () => ResourceProvider) {}

    get running(): ResourceProvider {
        return (this.#running ??= this.start());
    }

    async end(): Promise<void> {
        await this.#running?.close?.();
        this.#running = undefined;
    }
}

/** One resource on its way through its life. */
class Life {
    #id = "";
    #inputs: PropertyMap = {};
    #state: PropertyMap = {};

    constructor(
        private readonly provider: JobProvider,
        private readonly ref: ResourceRef,
    ) {}

    async create(inputs: PropertyMap): Promise<void> {
        this.#inputs = await this.#checked(undefined, inputs);
        const { id, properties } = await this.provider.running.create(this.ref, this.#inputs, {});
        [this.#id, this.#state] = [id, properties];
    }

    /** @returns Whether there was anything to do. */
    async update(news: PropertyMap): Promise<boolean> {
        const checked = await this.#checked(this.#inputs, news);
        const { detailedDiff } = await this.provider.running.diff(
            this.ref,
            this.#id,
            this.#state,
            this.#inputs,
            checked,
        );
        if (Object.keys(detailedDiff).length === 0) return false;
        const olds = [this.#state, this.#inputs] as const;
        this.#state = await this.provider.running.update(this.ref, this.#id, ...olds, checked, {});
        this.#inputs = checked;
        return true;
    }

    delete(): Promise<void> {
        return this.provider.running.delete(this.ref, this.#id, this.#state, this.#inputs, {});
    }

    async #checked(olds: PropertyMap | undefined, news: PropertyMap): Promise<PropertyMap> {
        const { inputs, failures } = await this.provider.running.check(this.ref, olds, news);
        assert.deepEqual(failures, []);
        return inputs;
    }
}

export class SetSubject implements Subject {
    #people: readonly Person[] = [];
    readonly #provider: JobProvider;
    readonly #life: Life;

    /** @param start Starts a provider; each job has one of its own. */
    constructor(
        start: () => ResourceProvider,
        private readonly connection: PropertyMap,
    ) {
        this.#provider = new JobProvider(start);
        this.#life = new Life(this.#provider, resource(DATABASE_PRINCIPAL_SET, "people"));
    }

    async create(people: readonly Person[]): Promise<void> {
        this.#people = people;
        await this.#life.create(this.#inputs());
    }

    async noop(): Promise<void> {
        assert.equal(await this.#life.update(this.#inputs()), false);
    }

    async change(): Promise<void> {
        assert.equal(await this.#life.update(this.#inputs({ connectionLimit: CONNECTION_LIMIT })), true);
    }

    delete(): Promise<void> {
        return this.#life.delete();
    }

    end(): Promise<void> {
        return this.#provider.end();
    }

    /** @param first what the first principal has more. */
    #inputs(first: PropertyMap = {}): PropertyMap {
        const entries = this.#people.map((person, index) => [
            person.name,
            principal(person, index === 0 ? first : {}),
        ]);
        return { connection: this.connection, principals: Object.fromEntries(entries) as PropertyMap };
    }
}

export class SingleSubject implements Subject {
    #people: readonly Person[] = [];
    #lives: Life[] = [];
    readonly #provider: JobProvider;

    /** @param start Starts a provider; each job has one of its own. */
    constructor(
        start: () => ResourceProvider,
        private readonly connection: PropertyMap,
    ) {
        this.#provider = new JobProvider(start);
    }

    async create(people: readonly Person[]): Promise<void> {
        this.#people = people;
        this.#lives = people.map(({ name }) => new Life(this.#provider, resource(DATABASE_PRINCIPAL, name)));
        await this.#each((life, index) => life.create(this.#inputs(index)));
    }

    async noop(): Promise<void> {
        await this.#each(async (life, index) => assert.equal(await life.update(this.#inputs(index)), false));
    }

    async change(): Promise<void> {
        await this.#each(async (life, index) => {
            const more = index === 0 ? { connectionLimit: CONNECTION_LIMIT } : {};
            assert.equal(await life.update(this.#inputs(index, more)), index === 0);
        });
    }

    async delete(): Promise<void> {
        await this.#each((life) => life.delete());
    }

    end(): Promise<void> {
        return this.#provider.end();
    }

    #inputs(index: number, more: PropertyMap = {}): PropertyMap {
        const person = this.#people[index]!;
        return { connection: this.connection, name: person.name, ...principal(person, more) };
    }

    async #each(action: (life: Life, index: number) => Promise<void>): Promise<void> {
        let next = 0;
        const worker = async () => {
            while (next < this.#lives.length) {
                const index = next++;
                await action(this.#lives[index]!, index);
            }
        };
        await Promise.all(Array.from({ length: PARALLEL }, worker));
    }
}
