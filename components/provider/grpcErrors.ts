/** Errors on the wire: the message whole, details where the engine reads them, never a stack trace or a token. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { toStruct } from "./grpcValues";
import type { PropertyMap } from "./resourceProvider";
import { keepSecrets } from "./secrets";

/**
 * A resource that exists but is not as it should be: the engine stores it (with `properties`) and reports `reasons`,
 * so that the next run repairs it instead of creating a second one.
 */
export class ResourceInitError extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly properties: PropertyMap,
        readonly inputs: PropertyMap = {},
        readonly reasons: string[] = [message],
    ) {
        super(message);
        this.name = "ResourceInitError";
    }

    /** What the request said, wrapped where it is secret: what was asked for, and for a change what there was. */
    requested: { news?: Struct; olds?: Struct } = {};
}

/** For an operation's `catch`: what is secret in the request stays secret in what the error tells of the resource. */
export const keepingSecretsOf =
    (news: Struct | undefined, olds?: Struct) =>
    (error: unknown): never => {
        if (error instanceof ResourceInitError) error.requested = { news, olds };
        throw error;
    };

/** Error texts travel in HTTP/2 trailers, which clients limit; this leaves room for the encoding. */
const LONGEST = 4_000;

/** Anything that looks like a JSON Web Token, whatever put it into a text. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;

/** The text of an error as a person may see it: no token, no unpaired surrogate (which gRPC cannot encode), not endless. */
export function publicMessage(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    const clean = Buffer.from(text.replace(TOKEN, "[token]")).toString("utf8");
    if (clean.length <= LONGEST) return clean || "unknown error";
    const left = clean.length - LONGEST;
    return `${clean.slice(0, LONGEST - 1_000)}\n… ${left} characters left out …\n${clean.slice(-1_000)}`;
}

/** What a gRPC handler hands to its callback for an error. */
export function grpcError(error: unknown): grpc.ServerErrorResponse {
    const message = publicMessage(error);
    const metadata = new grpc.Metadata();
    const response = { name: "Error", code: grpc.status.UNKNOWN, message, details: message, metadata };
    if (error instanceof ResourceInitError) {
        const detail = new ErrorResourceInitFailed();
        const { news, olds } = error.requested;
        detail.setId(error.id);
        detail.setProperties(keepSecrets(toStruct(error.properties), news, olds));
        detail.setInputs(keepSecrets(toStruct(error.inputs), news));
        detail.setReasonsList(error.reasons.map(publicMessage));
        attach(metadata, message, detail);
    }
    return response;
}

/** `grpc-status-details-bin` is how Go's gRPC, and so the engine, reads structured details. */
function attach(metadata: grpc.Metadata, message: string, detail: ErrorResourceInitFailed): void {
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(any);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
}
