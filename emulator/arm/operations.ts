/** One operation at a time per server (Azure/azure-postgresql#127, hashicorp/terraform-provider-azurerm#19962), and faults on demand. */

import { setTimeout as sleep } from "node:timers/promises";
import { SERVER_CHILDREN, type Faults } from "../faults";
import { ArmError, badRequest, conflict } from "./armError";
import { ADMINISTRATOR, SERVER, serverIdOf } from "./dbforpostgresql/serverChild";
import { keyOf, lastName } from "./resourceId";

export class Operations {
    /** By the server's kind and name, which is unique in all groups: what runs there. */
    readonly #running = new Map<string, { token: string }>();

    /** @param wait how the latency of a fault is waited for. Default: in real time */
    constructor(
        readonly faults: Faults,
        readonly wait: (milliseconds: number) => Promise<void> = sleep,
    ) {}

    /** Runs a write or removal; with the server taken, where it concerns one. */
    async run<T>(token: string, id: string, work: () => Promise<T>): Promise<T> {
        this.#refuse(token, id);
        if (!isOfServer(token)) return this.#slowly(token, id, work);
        const key = serverKey(id);
        this.refuseBusy(token, id);
        this.#running.set(key, { token });
        try {
            return await this.#slowly(token, id, work);
        } finally {
            this.#running.delete(key);
        }
    }

    /**
     * Refuses while something runs on the server. Administrators get the code of their own while the server itself
     * is being written, because that may restart it (F70).
     *
     * @throws ArmError
     */
    refuseBusy(token: string, id: string): void {
        const server = lastName(serverIdOf(id));
        const running = this.#running.get(serverKey(id));
        if (!running) return;
        throw token === ADMINISTRATOR && running.token === SERVER ? notAccessible(server) : busy(server);
    }

    /** Faults that answer before anything is begun. */
    #refuse(token: string, id: string): void {
        const names = namesOf(token, id);
        const throttled = this.faults.take("Throttled", ...names);
        if (throttled) {
            throw new ArmError(429, "TooManyRequests", "The request was throttled. Try again later.", {
                retryAfterMilliseconds: throttled.milliseconds ?? 1000,
            });
        }
        if (this.faults.take("Forbidden", ...names)) throw forbidden(id);
        if (this.faults.take("QuotaExceeded", ...names)) throw quotaExceeded();
        const server = lastName(serverIdOf(id));
        if (isOfServer(token) && this.faults.take("ServerIsBusy", ...names)) throw busy(server);
        if (token === ADMINISTRATOR && this.faults.take("ServerNotAccessible", ...names))
            throw notAccessible(server);
    }

    /** Faults of an operation that has begun: it takes longer, or fails before it has done anything. */
    async #slowly<T>(token: string, id: string, work: () => Promise<T>): Promise<T> {
        const names = namesOf(token, id);
        const latency = this.faults.take("Latency", ...names);
        if (latency) await this.wait(latency.milliseconds ?? 100);
        if (this.faults.take("OperationFailed", ...names)) throw operationFailed();
        return work();
    }
}

/** By which a fault may mean an operation. */
function namesOf(token: string, id: string): string[] {
    const ofServer = isOfServer(token) ? [lastName(serverIdOf(id))] : [];
    const ofChildren = isOfServer(token) && serverIdOf(id) !== id ? [SERVER_CHILDREN] : [];
    return [token, lastName(id), ...ofServer, ...ofChildren];
}

function operationFailed(): ArmError {
    return new ArmError(
        500,
        "InternalServerError",
        "The long-running operation has failed. An unexpected error occured while processing the request.",
        { longRunning: true },
    );
}

function forbidden(id: string): ArmError {
    return new ArmError(
        403,
        "AuthorizationFailed",
        `The client does not have authorization to perform this action over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
}

function quotaExceeded(): ArmError {
    return conflict("QuotaExceeded", "Operation results in exceeding quota limits of this subscription.");
}

/** Azure/azure-postgresql#134. */
function busy(server: string): ArmError {
    return conflict(
        "ServerIsBusy",
        `Cannot complete operation while server '${server}' is busy processing another operation. Try again later.`,
    );
}

/** Azure/azure-postgresql#127. */
function notAccessible(server: string): ArmError {
    return badRequest(
        "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible",
        `Microsoft Entra operations cannot be performed while server '${server}' is not accessible. Try again later.`,
    );
}

function isOfServer(token: string): boolean {
    return token.startsWith("azure-native:dbforpostgresql:");
}

/** Such as `flexibleservers/pg`. */
function serverKey(id: string): string {
    return keyOf(serverIdOf(id)).split("/").slice(-2).join("/");
}
