/** A client of a resource provider over real gRPC, as the engine is one; answers as plain values. */
import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";

type Properties = Record<string, unknown>;
type Unary = (request: unknown, callback: (error: grpc.ServiceError | null, response: never) => void) => void;

export const SIZE = {
    "grpc.max_receive_message_length": 1024 * 1024 * 400,
    "grpc.max_send_message_length": -1,
};

export class ProviderClient {
    readonly raw: ResourceProviderClient;
    /** Everything that came back, for scans. */
    readonly heard: string[] = [];

    constructor(port: number) {
        this.raw = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), SIZE);
    }

    close(): void {
        this.raw.close();
    }

    /** @throws grpc.ServiceError */
    call<Response>(method: string, request: unknown): Promise<Response> {
        return new Promise((resolve, reject) => {
            const unary = (this.raw as unknown as Record<string, Unary>)[method]!.bind(this.raw);
            unary(request, (error, response) => {
                if (error) {
                    this.heard.push(error.message, error.details, JSON.stringify(error.metadata.toJSON()));
                    return reject(error);
                }
                this.heard.push(JSON.stringify((response as { toObject(): unknown }).toObject()));
                resolve(response);
            });
        });
    }

    async check(urn: string, news: Properties, olds?: Properties) {
        const request = new pb.CheckRequest();
        request.setUrn(urn);
        request.setNews(struct(news));
        if (olds) request.setOlds(struct(olds));
        const response = await this.call<pb.CheckResponse>("check", request);
        const failures = response
            .getFailuresList()
            .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
        return { inputs: plain(response.getInputs()), failures };
    }

    async diff(urn: string, id: string, state: Properties, olds: Properties, news: Properties) {
        const request = new pb.DiffRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setOlds(struct(state));
        request.setOldInputs(struct(olds));
        request.setNews(struct(news));
        const response = await this.call<pb.DiffResponse>("diff", request);
        const kinds = Object.entries(pb.PropertyDiff.Kind).map(([name, value]) => [value, name] as const);
        const detailed: Record<string, string> = {};
        response
            .getDetaileddiffMap()
            .forEach(
                (item: pb.PropertyDiff, path: string) =>
                    (detailed[path] = new Map(kinds).get(item.getKind())!),
            );
        return {
            changes: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME,
            replaces: response.getReplacesList(),
            diffs: response.getDiffsList(),
            hasDetailedDiff: response.getHasdetaileddiff(),
            deleteBeforeReplace: response.getDeletebeforereplace(),
            detailed,
        };
    }

    async create(urn: string, inputs: Properties, preview = false) {
        const request = new pb.CreateRequest();
        request.setUrn(urn);
        request.setProperties(struct(inputs));
        request.setPreview(preview);
        const response = await this.call<pb.CreateResponse>("create", request);
        return { id: response.getId(), properties: plain(response.getProperties()) };
    }

    /** `undefined` where the resource does not exist any more. */
    async read(urn: string, id: string, inputs: Properties, state: Properties) {
        const request = new pb.ReadRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setInputs(struct(inputs));
        request.setProperties(struct(state));
        const response = await this.call<pb.ReadResponse>("read", request);
        if (response.getId() === "") return undefined;
        return {
            id: response.getId(),
            inputs: plain(response.getInputs()),
            properties: plain(response.getProperties()),
        };
    }

    async update(
        urn: string,
        id: string,
        state: Properties,
        olds: Properties,
        news: Properties,
        preview = false,
    ) {
        const request = new pb.UpdateRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setOlds(struct(state));
        request.setOldInputs(struct(olds));
        request.setNews(struct(news));
        request.setPreview(preview);
        return plain((await this.call<pb.UpdateResponse>("update", request)).getProperties());
    }

    async delete(urn: string, id: string, state: Properties, inputs: Properties): Promise<void> {
        const request = new pb.DeleteRequest();
        request.setUrn(urn);
        request.setId(id);
        request.setProperties(struct(state));
        request.setOldInputs(struct(inputs));
        await this.call("delete", request);
    }
}

export const struct = (value: Properties) =>
    Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Properties as never);
export const plain = (value: Struct | undefined) => (value?.toJavaScript() ?? {}) as Properties;
