import type { PropertyMap, ResourceProvider, ResourceRef } from "../../components/provider/resourceProvider";

/** Azure as far as a test of the real engine needs it: keeps servers, replaces one whose login changes, is busy on demand. */
export class StubAzure implements ResourceProvider {
    readonly name = "azure-native";
    readonly version = "3.28.0";
    /** What was done for real, not what was previewed. */
    readonly operations: string[] = [];
    /** Servers by id; a test changes them as somebody outside of Pulumi would. */
    readonly live = new Map<string, PropertyMap>();
    /** Answers of provider functions by token. */
    readonly answers: Record<string, PropertyMap> = {};
    /** Error of the next operation. */
    busy: string | Error | undefined;

    getSchema = () =>
        Promise.resolve(JSON.stringify({ name: this.name, version: this.version, resources: {} }));

    check = (_: ResourceRef, __: PropertyMap | undefined, news: PropertyMap) =>
        Promise.resolve({ inputs: news, failures: [] });

    diff(_: ResourceRef, __: string, ___: PropertyMap, oldInputs: PropertyMap, news: PropertyMap) {
        const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])];
        const changed = keys.filter((key) => JSON.stringify(oldInputs[key]) !== JSON.stringify(news[key]));
        const kind = (key: string) => (key === "administratorLogin" ? "update-replace" : "update");
        const detailedDiff = Object.fromEntries(changed.map((key) => [key, kind(key)])) as Record<
            string,
            "update"
        >;
        return Promise.resolve({ detailedDiff, deleteBeforeReplace: true });
    }

    create(resource: ResourceRef, inputs: PropertyMap, options: { preview?: boolean }) {
        if (!options.preview) this.#operate("create", resource, inputs);
        return Promise.resolve({ id: `/azure/${resource.name}`, properties: this.#answer(inputs) });
    }

    update(
        resource: ResourceRef,
        _: string,
        __: PropertyMap,
        ___: PropertyMap,
        news: PropertyMap,
        options: { preview?: boolean },
    ) {
        if (!options.preview) this.#operate("update", resource, news);
        return Promise.resolve(this.#answer(news));
    }

    delete(resource: ResourceRef): Promise<void> {
        this.operations.push(`delete ${resource.name}`);
        return Promise.resolve();
    }

    read(_: ResourceRef, id: string, inputs: PropertyMap, state: PropertyMap) {
        const found = this.live.get(id);
        return Promise.resolve({ id, inputs: { ...inputs, ...found }, properties: { ...state, ...found } });
    }

    invoke(token: string): Promise<PropertyMap> {
        const answer = this.answers[token];
        return answer ? Promise.resolve(answer) : Promise.reject(new Error(`no answer for ${token}`));
    }

    #operate(what: string, resource: ResourceRef, inputs: PropertyMap): void {
        const { busy } = this;
        this.busy = undefined;
        this.operations.push(`${what} ${resource.name}${busy ? " (busy)" : ""}`);
        if (busy) throw typeof busy === "string" ? new Error(busy) : busy;
        if (resource.type.endsWith(":Server")) this.live.set(`/azure/${resource.name}`, inputs);
    }

    #answer(inputs: PropertyMap): PropertyMap {
        const name = inputs["serverName"];
        return { ...inputs, name, fullyQualifiedDomainName: `${String(name)}.postgres.database.azure.com` };
    }
}
