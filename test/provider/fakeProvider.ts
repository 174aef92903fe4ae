import type {
    DiffResult,
    OperationOptions,
    PropertyMap,
    ResourceProvider,
    ResourceRef,
} from "../../components/provider/resourceProvider";

/** Records what it is asked, and does what a test says. */
export class FakeProvider implements ResourceProvider {
    readonly name = "fake";
    readonly version = "1.2.3";
    asked: unknown[] = [];
    closed = false;
    detailedDiff: DiffResult["detailedDiff"] = {};
    act: (options?: OperationOptions) => Promise<void> = async () => undefined;
    readResult: { id: string; inputs: PropertyMap; properties: PropertyMap } | undefined;

    async getSchema() {
        return '{"name":"fake"}';
    }
    async configure(config: PropertyMap) {
        this.asked.push(config);
    }
    async check(resource: ResourceRef, olds: PropertyMap | undefined, news: PropertyMap) {
        this.asked.push({ resource, olds, news });
        await this.act();
        return { inputs: news, failures: [{ property: 'list["a"].b', reason: "wrong" }] };
    }
    async diff() {
        return { detailedDiff: this.detailedDiff, deleteBeforeReplace: true };
    }
    async create(_resource: ResourceRef, inputs: PropertyMap, options: OperationOptions) {
        this.asked.push({ inputs, preview: options.preview });
        await this.act(options);
        return { id: "id-1", properties: { ...inputs, nothing: undefined, deep: [{ a: null }] } };
    }
    async read(_resource: ResourceRef, id: string, inputs: PropertyMap, state: PropertyMap) {
        this.asked.push({ id, inputs, state });
        return this.readResult;
    }
    async update(
        _r: ResourceRef,
        id: string,
        state: PropertyMap,
        olds: PropertyMap,
        news: PropertyMap,
        o: OperationOptions,
    ) {
        this.asked.push({ id, state, olds, news, preview: o.preview });
        await this.act(o);
        return news;
    }
    async delete(_resource: ResourceRef, id: string, state: PropertyMap, inputs: PropertyMap) {
        this.asked.push({ id, state, inputs });
    }
    async invoke(token: string, args: PropertyMap) {
        return { token, args };
    }
    async close() {
        this.closed = true;
    }
}
