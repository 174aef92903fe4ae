/**
 * Errors that nobody awaits: an argument is wrong that becomes known late, or a child fails. The SDK leaves them to the
 * process; here they end the construction that they belong to, once, and the process lives on.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { publicMessage } from "./grpcErrors";

type Fail = (error: unknown) => void;

const inWork = new Set<Fail>();
const current = new AsyncLocalStorage<Fail>();
let listening = false;

/** Runs the work, and ends it with the first error that it left unhandled. */
export function failWith<T>(work: () => Promise<T>): Promise<T> {
    listen();
    return new Promise<T>((resolve, reject) => {
        const fail: Fail = (error) => {
            inWork.delete(fail);
            reject(error instanceof Error ? error : new Error(String(error)));
        };
        inWork.add(fail);
        current
            .run(fail, work)
            .then(resolve, reject)
            .finally(() => inWork.delete(fail));
    });
}

/** Takes the place of the SDK's own handlers, which print an error once more, with a stack and all that hangs on it. */
function listen(): void {
    if (listening) return;
    listening = true;
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
        process.removeAllListeners(event);
        process.on(event, (error: unknown) => failOwner(error));
    }
}

/** Where it cannot be told whose error it is, all that are in work fail: the engine stops at the first anyway. */
function failOwner(error: unknown): void {
    const owner = current.getStore();
    if (owner) return owner(error);
    if (inWork.size === 0) process.stderr.write(`${publicMessage(error)}\n`);
    for (const fail of [...inWork]) fail(error);
}
