/** Requests that wait for the same turn are done together, and one by one where that fails. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { UseOptions } from "./connection";

interface Request<Work, Answer> {
    work: Work;
    options: UseOptions;
    resolve: (answer: Answer) => void;
    reject: (reason: unknown) => void;
}

/** @typeParam Answer of one work. */
export class Batches<Work, Answer> {
    readonly #waiting = new Map<string, Request<Work, Answer>[]>();

    /**
     * @param run Does all of it or nothing. The answers are in the order of the works. What it does must be idempotent.
     * @param concernsOne Whether the failure of several may be that of one alone, so that the others are to be tried by themselves.
     */
    constructor(
        private readonly run: (works: Work[], options: UseOptions) => Promise<Answer[]>,
        private readonly concernsOne: (error: unknown) => boolean,
        private readonly most = 200,
    ) {}

    /** @param key Works of the same key can be done together. @throws What the work by itself throws. */
    do(key: string, work: Work, options: UseOptions): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const request = { work, options, resolve, reject };
            const queue = this.#waiting.get(key);
            if (queue) return void queue.push(request);
            const fresh = [request];
            this.#waiting.set(key, fresh);
            void this.#drain(key, fresh);
        });
    }

    async #drain(key: string, queue: Request<Work, Answer>[]): Promise<void> {
        // What comes at the same time joins.
        await nextTurn();
        while (queue.length > 0) await this.#answer(queue.splice(0, this.most));
        this.#waiting.delete(key);
    }

    async #answer(batch: Request<Work, Answer>[]): Promise<void> {
        if (batch.length === 1) return this.#alone(batch[0]!);
        const signals = batch.flatMap(({ options }) => options.signal ?? []);
        const options = { signal: AbortSignal.any(signals), log: batch[0]!.options.log };
        try {
            const works = batch.map(({ work }) => work);
            const answers = await this.run(works, options);
            batch.forEach(({ resolve }, index) => resolve(answers[index]!));
        } catch (error) {
            // Whoever was aborted hears his own reason.
            const again = options.signal.aborted || this.concernsOne(error);
            for (const request of batch) {
                if (again) await this.#alone(request);
                else request.reject(error);
            }
        }
    }

    async #alone({ work, options, resolve, reject }: Request<Work, Answer>): Promise<void> {
        try {
            options.signal?.throwIfAborted();
            const [answer] = await this.run([work], options);
            resolve(answer as Answer);
        } catch (error) {
            reject(error);
        }
    }
}
