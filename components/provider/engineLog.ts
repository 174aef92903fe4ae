/** Progress lines to the engine, which shows them beside the resource. Best effort: a lost line is no failure. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export class EngineLog {
    #address: string | undefined;
    #client: EngineClient | undefined;

    constructor(address?: string) {
        this.#address = address;
    }

    get address(): string | undefined {
        return this.#address;
    }

    connectTo(address: string): void {
        if (!address || address === this.#address) return;
        this.close();
        this.#address = address;
    }

    info(urn: string, message: string): void {
        if (!this.#address) return;
        this.#client ??= new EngineClient(this.#address, grpc.credentials.createInsecure());
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setUrn(urn);
        request.setMessage(message);
        this.#client.log(request, () => undefined);
    }

    close(): void {
        this.#client?.close();
        this.#client = undefined;
    }
}
