import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import {
    ErrorHookRequest,
    ErrorHookResponse,
    type RegisterErrorHookRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { ResourceRef } from "../components/provider/resourceProvider";

/** The engine gives up after this many attempts; so does the rehearsal. */
const MAXIMUM_RETRIES = 100;

/** The program's `onError` hooks, called through the SDK's own callback server as the engine would. */
export class ErrorHooks {
    readonly #hooks = new Map<string, { target: string; token: string }>();
    readonly #clients = new Map<string, CallbacksClient>();

    register(request: RegisterErrorHookRequest): void {
        const callback = request.getCallback()!;
        this.#hooks.set(request.getName(), { target: callback.getTarget(), token: callback.getToken() });
    }

    /** Runs an operation again for as long as one of the named hooks asks for it. */
    async retrying<T>(
        resource: ResourceRef,
        names: string[],
        operation: () => Promise<T>,
        onRetry: (message: string) => void,
    ): Promise<T> {
        const errors: string[] = [];
        for (;;) {
            try {
                return await operation();
            } catch (error) {
                errors.unshift((error as Error).message);
                if (errors.length > MAXIMUM_RETRIES || !(await this.#wantsRetry(resource, names, errors)))
                    throw error;
                onRetry(errors[0]!);
            }
        }
    }

    close(): void {
        for (const client of this.#clients.values()) client.close();
    }

    async #wantsRetry(resource: ResourceRef, names: string[], errors: string[]): Promise<boolean> {
        for (const name of names) if (await this.#ask(name, resource, errors)) return true;
        return false;
    }

    async #ask(name: string, resource: ResourceRef, errors: string[]): Promise<boolean> {
        const hook = this.#hooks.get(name);
        if (!hook)
            throw new Error(`'${resource.name}' names the error hook '${name}', which is not registered`);
        const request = new ErrorHookRequest();
        request.setUrn(resource.urn);
        request.setName(resource.name);
        request.setType(resource.type);
        request.setFailedOperation("create");
        request.setErrorsList(errors);
        const answer = await this.#invoke(hook, request.serializeBinary());
        const response = ErrorHookResponse.deserializeBinary(answer.getResponse_asU8());
        if (response.getError()) throw new Error(`error hook '${name}': ${response.getError()}`);
        return response.getRetry();
    }

    #invoke(hook: { target: string; token: string }, bytes: Uint8Array): Promise<CallbackInvokeResponse> {
        const invocation = new CallbackInvokeRequest();
        invocation.setToken(hook.token);
        invocation.setRequest(bytes);
        const client = this.#client(hook.target);
        return new Promise((resolve, reject) =>
            client.invoke(invocation, (error, response) => (error ? reject(error) : resolve(response))),
        );
    }

    #client(target: string): CallbacksClient {
        const known = this.#clients.get(target);
        if (known) return known;
        const client = new CallbacksClient(target, grpc.credentials.createInsecure());
        this.#clients.set(target, client);
        return client;
    }
}
