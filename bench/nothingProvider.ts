/** A provider with the package's schema that does nothing: what the engine, the language host and the wire take by themselves. */
import type {
    CheckResult,
    DiffResult,
    PropertyMap,
    ReadResult,
    ResourceProvider,
    ResourceRef,
} from "../components/provider/resourceProvider";
import { packageSchema } from "../components/provider/schema";

export class NothingProvider implements ResourceProvider {
    readonly name = "azure-postgres-entra";
    readonly version = "0.0.0";

    getSchema(): Promise<string> {
        return Promise.resolve(JSON.stringify(packageSchema(this.version)));
    }

    check(_resource: ResourceRef, _olds: PropertyMap | undefined, news: PropertyMap): Promise<CheckResult> {
        return Promise.resolve({ inputs: news, failures: [] });
    }

    diff(
        _resource: ResourceRef,
        _id: string,
        _state: PropertyMap,
        olds: PropertyMap,
        news: PropertyMap,
    ): Promise<DiffResult> {
        const same = JSON.stringify(olds) === JSON.stringify(news);
        const detailedDiff: DiffResult["detailedDiff"] = same ? {} : { principals: "update" };
        return Promise.resolve({ detailedDiff });
    }

    create(resource: ResourceRef, inputs: PropertyMap): Promise<{ id: string; properties: PropertyMap }> {
        return Promise.resolve({ id: resource.name, properties: inputs });
    }

    read(_resource: ResourceRef, id: string, inputs: PropertyMap, state: PropertyMap): Promise<ReadResult> {
        return Promise.resolve({ id, inputs, properties: state });
    }

    update(
        _resource: ResourceRef,
        _id: string,
        _state: PropertyMap,
        _olds: PropertyMap,
        news: PropertyMap,
    ): Promise<PropertyMap> {
        return Promise.resolve(news);
    }

    delete(): Promise<void> {
        return Promise.resolve();
    }
}
