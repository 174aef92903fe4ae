/** Waiting in line, first come first served. */

export class Turns {
    #free: number;
    readonly #waiting: (() => void)[] = [];

    /** @param atOnce How many may be inside at the same time. */
    constructor(atOnce: number) {
        this.#free = atOnce;
    }

    /** Runs the action when it is its turn. @throws The signal's reason where it is aborted before. */
    async take<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
        await this.#enter(signal);
        try {
            return await action();
        } finally {
            this.#free++;
            this.#waiting.shift()?.();
        }
    }

    async #enter(signal?: AbortSignal): Promise<void> {
        signal?.throwIfAborted();
        if (this.#free > 0) {
            this.#free--;
            return;
        }
        await new Promise<void>((resolve, reject) => {
            const enter = () => {
                signal?.removeEventListener("abort", leave);
                this.#free--;
                resolve();
            };
            const leave = () => {
                this.#waiting.splice(this.#waiting.indexOf(enter), 1);
                reject(signal?.reason as Error);
            };
            this.#waiting.push(enter);
            signal?.addEventListener("abort", leave, { once: true });
        });
    }
}
