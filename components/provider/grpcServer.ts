/**
 * A thin gRPC server for any `ResourceProvider`, on the SDK's generated classes.
 *
 * Why not the SDK's own server: it cannot send a detailed diff, drops the provider's configuration, never previews a
 * create and hands secrets over wrapped. A detailed diff is what keeps the preview of a large set readable.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { diffResponse } from "./diffResponse";
import { EngineLog } from "./engineLog";
import { grpcError, keepingSecretsOf } from "./grpcErrors";
import { fromStruct, toStruct } from "./grpcValues";
import { keepSecrets } from "./secrets";
import { parseUrn, type OperationOptions, type PropertyMap, type ResourceProvider } from "./resourceProvider";

export interface ServeOptions {
    /** Port on 127.0.0.1. Default: 0, any free one. */
    port?: number;
    /** The engine's address, where progress lines go. The engine also names it in Handshake and Attach. */
    engineAddress?: string;
    /** Whether components are made too. Default: false, custom resources only. */
    components?: boolean;
}

export interface ServedProvider {
    port: number;
    /** Stops answering, then closes the provider. */
    close(): Promise<void>;
}

/** The SDK's own message sizes; not in its type declarations. */
const { grpcChannelOptions } = settings as unknown as { grpcChannelOptions: grpc.ChannelOptions };

/** Serves the provider on 127.0.0.1 until `close` is called. */
export async function serveProvider(
    provider: ResourceProvider,
    options: ServeOptions = {},
): Promise<ServedProvider> {
    const log = new EngineLog(options.engineAddress);
    const server = new grpc.Server({ ...grpcChannelOptions });
    server.addService(ResourceProviderService, {
        ...implementation(provider, log, options.components ?? false),
        ...(options.components ? components(log) : {}),
    });
    const port = await new Promise<number>((resolve, reject) => {
        const address = `127.0.0.1:${options.port ?? 0}`;
        server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    return {
        port,
        async close() {
            server.forceShutdown();
            log.close();
            await provider.close?.();
        },
    };
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;

/** Answers one kind of request; whatever it throws becomes an error response, never the end of the process. */
function unary<Request>(handler: (request: Request, call: Call<Request>) => Promise<unknown> | unknown) {
    return (call: Call<Request>, callback: grpc.sendUnaryData<unknown>): void => {
        Promise.resolve()
            .then(() => handler(call.request, call))
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback(grpcError(error)),
            );
    };
}

function implementation(
    provider: ResourceProvider,
    log: EngineLog,
    makesComponents: boolean,
): grpc.UntypedServiceImplementation {
    // Cancel ends what runs now. It also comes at the end of every CLI command, and an attached provider serves many.
    let cancellation = new AbortController();
    const operation = (
        call: Call<{ getUrn(): string }>,
        timeoutSeconds: number,
        preview: boolean,
    ): OperationOptions => {
        const own = new AbortController();
        call.on("cancelled", () => own.abort(new Error("the engine gave up this operation")));
        const signals = [cancellation.signal, own.signal];
        if (timeoutSeconds > 0) signals.push(AbortSignal.timeout(timeoutSeconds * 1000));
        const urn = call.request.getUrn();
        return { preview, signal: AbortSignal.any(signals), log: (message) => log.info(urn, message) };
    };
    return {
        handshake: unary((request: pb.ProviderHandshakeRequest) => {
            log.connectTo(request.getEngineAddress());
            return accepting(new pb.ProviderHandshakeResponse(), makesComponents);
        }),
        attach: unary((request: { getAddress(): string }) => {
            log.connectTo(request.getAddress());
            return new Empty();
        }),
        getPluginInfo: unary(() => {
            const info = new PluginInfo();
            info.setVersion(provider.version);
            return info;
        }),
        getSchema: unary(async (request: pb.GetSchemaRequest) => {
            if (request.getVersion() !== 0)
                throw new Error(`unsupported schema version ${request.getVersion()}`);
            const response = new pb.GetSchemaResponse();
            response.setSchema(await provider.getSchema());
            return response;
        }),
        cancel: unary(() => {
            cancellation.abort(new Error("cancelled"));
            cancellation = new AbortController();
            provider.cancel?.();
            return new Empty();
        }),
        ...configuration(provider, makesComponents),
        ...purePart(provider),
        ...operations(provider, operation),
    };
}

interface Accepts {
    setAcceptsecrets?(value: boolean): unknown;
    setAcceptSecrets?(value: boolean): unknown;
    setAcceptoutputs?(value: boolean): unknown;
    setAcceptOutputs?(value: boolean): unknown;
}

/**
 * The engine demands of whoever makes components that it takes secrets as they are. Otherwise values arrive plain, and the
 * engine keeps track of what is secret.
 */
function accepting<T extends Accepts>(response: T, makesComponents: boolean): T {
    response.setAcceptsecrets?.(makesComponents);
    response.setAcceptSecrets?.(makesComponents);
    response.setAcceptoutputs?.(makesComponents);
    response.setAcceptOutputs?.(makesComponents);
    return response;
}

/** The SDK's runtime and the components are loaded with the first one that is made. */
function components(log: EngineLog): grpc.UntypedServiceImplementation {
    return {
        construct: unary((request: pb.ConstructRequest) => {
            // `import()` would find no TypeScript file here: plugin.js loads sources through `require` alone.
            // eslint-disable-next-line @typescript-eslint/no-require-imports
            const { construct } = require("./construct") as typeof import("./construct");
            return construct(request, log.address);
        }),
    };
}

function configuration(
    provider: ResourceProvider,
    makesComponents: boolean,
): grpc.UntypedServiceImplementation {
    return {
        checkConfig: unary(async (request: pb.CheckRequest) => {
            await provider.checkConfiguration?.(request.getUrn());
            const response = new pb.CheckResponse();
            response.setInputs(request.getNews());
            return response;
        }),
        diffConfig: unary((request: pb.DiffRequest) => {
            const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
            const news = fromStruct(request.getNews());
            const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
            const changed = [...keys].filter(
                (key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
            );
            return diffResponse({
                detailedDiff: Object.fromEntries(changed.map((key) => [key, "update" as const])),
            });
        }),
        configure: unary(async (request: pb.ConfigureRequest) => {
            await provider.configure?.(configOf(request), request.getUrn() || undefined);
            const response = accepting(new pb.ConfigureResponse(), makesComponents);
            response.setSupportspreview(true);
            return response;
        }),
    };
}

/** The configuration as properties; older engines send only `pkg:config:key` variables. */
function configOf(request: pb.ConfigureRequest): PropertyMap {
    if (request.hasArgs()) return fromStruct(request.getArgs());
    const variables = request.getVariablesMap().getEntryList() as [string, string][];
    return Object.fromEntries(variables.map(([key, value]) => [key.replace(/^[^:]*:config:/, ""), value]));
}

function purePart(provider: ResourceProvider): grpc.UntypedServiceImplementation {
    return {
        check: unary(async (request: pb.CheckRequest) => {
            const olds = request.hasOlds() ? fromStruct(request.getOlds()) : undefined;
            const result = await provider.check(
                parseUrn(request.getUrn()),
                olds,
                fromStruct(request.getNews()),
            );
            const response = new pb.CheckResponse();
            response.setInputs(keepSecrets(toStruct(result.inputs), request.getNews()));
            response.setFailuresList(
                result.failures.map((failure) => {
                    const item = new pb.CheckFailure();
                    item.setProperty(failure.property);
                    item.setReason(failure.reason);
                    return item;
                }),
            );
            return response;
        }),
        diff: unary(async (request: pb.DiffRequest) => {
            const state = fromStruct(request.getOlds());
            const oldInputs = request.hasOldInputs() ? fromStruct(request.getOldInputs()) : state;
            const news = fromStruct(request.getNews());
            return diffResponse(
                await provider.diff(parseUrn(request.getUrn()), request.getId(), state, oldInputs, news),
            );
        }),
        invoke: unary(async (request: pb.InvokeRequest) => {
            if (!provider.invoke) throw new Error(`${provider.name} has no function ${request.getTok()}`);
            const response = new pb.InvokeResponse();
            response.setReturn(
                toStruct(await provider.invoke(request.getTok(), fromStruct(request.getArgs()))),
            );
            return response;
        }),
    };
}

type OptionsOf = (call: Call<never>, timeoutSeconds: number, preview: boolean) => OperationOptions;

function operations(provider: ResourceProvider, optionsOf: OptionsOf): grpc.UntypedServiceImplementation {
    return {
        create: unary(async (request: pb.CreateRequest, call) => {
            const options = optionsOf(call as Call<never>, request.getTimeout(), request.getPreview());
            const inputs = fromStruct(request.getProperties());
            const created = await provider
                .create(parseUrn(request.getUrn()), inputs, options)
                .catch(keepingSecretsOf(request.getProperties()));
            const response = new pb.CreateResponse();
            response.setId(created.id);
            response.setProperties(keepSecrets(toStruct(created.properties), request.getProperties()));
            return response;
        }),
        read: unary(async (request: pb.ReadRequest, call) => {
            const options = optionsOf(call as Call<never>, 0, false);
            const inputs = fromStruct(request.getInputs());
            const state = fromStruct(request.getProperties());
            const found = await provider.read(
                parseUrn(request.getUrn()),
                request.getId(),
                inputs,
                state,
                options,
            );
            const response = new pb.ReadResponse();
            // An empty id says that the resource does not exist any more.
            if (!found) return response;
            response.setId(found.id);
            response.setInputs(keepSecrets(toStruct(found.inputs), request.getInputs()));
            // A state may leave out what is as by default: then only the inputs tell that it is a secret.
            const properties = keepSecrets(toStruct(found.properties), request.getProperties());
            response.setProperties(keepSecrets(properties, request.getInputs()));
            return response;
        }),
        update: unary(async (request: pb.UpdateRequest, call) => {
            const options = optionsOf(call as Call<never>, request.getTimeout(), request.getPreview());
            const state = fromStruct(request.getOlds());
            const oldInputs = request.hasOldInputs() ? fromStruct(request.getOldInputs()) : state;
            const news = fromStruct(request.getNews());
            const resource = parseUrn(request.getUrn());
            const response = new pb.UpdateResponse();
            const updated = await provider
                .update(resource, request.getId(), state, oldInputs, news, options)
                .catch(keepingSecretsOf(request.getNews(), request.getOlds()));
            response.setProperties(keepSecrets(toStruct(updated), request.getNews()));
            return response;
        }),
        delete: unary(async (request: pb.DeleteRequest, call) => {
            const options = optionsOf(call as Call<never>, request.getTimeout(), false);
            const state = fromStruct(request.getProperties());
            const oldInputs = request.hasOldInputs() ? fromStruct(request.getOldInputs()) : state;
            await provider.delete(parseUrn(request.getUrn()), request.getId(), state, oldInputs, options);
            return new Empty();
        }),
    };
}
