/** What was opened, to be closed in the opposite order: all of it, whatever fails on the way. */
export class Closers {
    readonly #closers: (() => unknown)[] = [];

    add(close: () => unknown): void {
        this.#closers.push(close);
    }

    /** @throws the first failure, after everything has been tried */
    async closeAll(): Promise<void> {
        const failures: unknown[] = [];
        while (this.#closers.length > 0) {
            try {
                await this.#closers.pop()!();
            } catch (error) {
                failures.push(error);
            }
        }
        if (failures.length > 0) throw failures[0];
    }
}
