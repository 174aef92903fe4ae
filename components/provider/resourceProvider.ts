/**
 * What a Pulumi resource provider does, in plain values: no gRPC, no secrets wrapping, no Pulumi runtime.
 * The gRPC server (`grpcServer.ts`) and the in-process rehearsal both drive providers through this interface,
 * so that either way runs the same code.
 */

export type PropertyMap = Record<string, unknown>;

/** The engine's marker for a value that is not known before the deployment runs (only seen in previews). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Which resource a call is about, taken apart from its URN. */
export interface ResourceRef {
    urn: string;
    stack: string;
    project: string;
    /** Type token, for instance `azure-native:network:Subnet`. */
    type: string;
    name: string;
}

export interface CheckFailure {
    /** Property path, for instance `principals["ada"].objectId`; empty where the failure is about the whole resource. */
    property: string;
    reason: string;
}

export interface CheckResult {
    /** The inputs with defaults filled in; they are what the other calls receive. */
    inputs: PropertyMap;
    failures: CheckFailure[];
}

export type PropertyDiffKind =
    "add" | "add-replace" | "update" | "update-replace" | "delete" | "delete-replace";

export interface DiffResult {
    /** Property path to kind of change; empty means that nothing changes. */
    detailedDiff: Record<string, PropertyDiffKind>;
    deleteBeforeReplace?: boolean;
}

export interface OperationOptions {
    /** True in a preview: nothing may be touched, unknown inputs may occur. */
    preview?: boolean;
    /** Aborted when the engine cancels. */
    signal?: AbortSignal;
    /** Lines for people who wait, for instance «waiting for server pg-prod to accept connections». */
    log?: (message: string) => void;
}

export interface ReadResult {
    id: string;
    inputs: PropertyMap;
    properties: PropertyMap;
}

export interface ResourceProvider {
    /** Package name, for instance `azure-native`. */
    readonly name: string;
    readonly version: string;
    /** The package schema as JSON text. */
    getSchema(): Promise<string>;
    /** May refuse to serve at all, for instance another stack. `urn` is that of the provider resource. */
    checkConfiguration?(urn: string): void | Promise<void>;
    /**
     * Receives the provider's configuration. Opens no connection and fetches no token.
     *
     * @param urn that of the provider resource, where the engine tells it
     */
    configure?(config: PropertyMap, urn?: string): Promise<void>;
    check(resource: ResourceRef, oldInputs: PropertyMap | undefined, news: PropertyMap): Promise<CheckResult>;
    diff(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        oldInputs: PropertyMap,
        news: PropertyMap,
    ): Promise<DiffResult>;
    create(
        resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }>;
    /** `undefined` where the resource does not exist any more. `inputs` and `state` are empty for an import. */
    read(
        resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined>;
    update(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        oldInputs: PropertyMap,
        news: PropertyMap,
        options: OperationOptions,
    ): Promise<PropertyMap>;
    delete(
        resource: ResourceRef,
        id: string,
        oldState: PropertyMap,
        oldInputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void>;
    invoke?(token: string, args: PropertyMap): Promise<PropertyMap>;
    /** A command of the CLI came to its end, or was interrupted: what was heard in it counts no more. */
    cancel?(): void;
    /** Frees what the provider holds (connections). Called once, when the plugin ends. */
    close?(): Promise<void>;
}

/**
 * Takes a URN apart.
 *
 * @throws Error where the text is no URN.
 */
export function parseUrn(urn: string): ResourceRef {
    const match = /^urn:pulumi:([^:]*)::([^:]*)::(.*?)::(.*)$/s.exec(urn);
    if (!match) throw new Error(`'${urn}' is not a Pulumi URN`);
    const [, stack, project, qualifiedType, name] = match as unknown as [
        string,
        string,
        string,
        string,
        string,
    ];
    return { urn, stack, project, type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1), name };
}
