/**
 * A clock that passes only while everything waits for it. So simulated operations of minutes take moments, and what is measured does not
 * depend on the machine.
 */
export class VirtualClock {
    /** Milliseconds since the beginning. */
    now = 0;
    readonly #sleepers: { until: number; wake: () => void }[] = [];
    readonly #underWay: () => number;
    #stopped = false;

    /** @param underWay how many operations have begun and not ended, those that wait for this clock among them */
    constructor(underWay: () => number) {
        this.#underWay = underWay;
        void this.#run();
    }

    sleep = (milliseconds: number): Promise<void> =>
        new Promise((wake) => this.#sleepers.push({ until: this.now + milliseconds, wake }));

    stop(): void {
        this.#stopped = true;
    }

    async #run(): Promise<void> {
        while (!this.#stopped) {
            if (await this.#everythingWaits()) this.#advance();
        }
    }

    #advance(): void {
        this.now = Math.min(...this.#sleepers.map(({ until }) => until));
        const due = this.#sleepers.filter(({ until }) => until === this.now);
        for (const sleeper of due) this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        for (const { wake } of due) wake();
    }

    /** A program needs some turns to begin what it waited for: only when nothing has changed for many of them does it wait. */
    async #everythingWaits(): Promise<boolean> {
        const [asleep, underWay] = [this.#sleepers.length, this.#underWay()];
        for (let turn = 0; turn < QUIET_TURNS; turn++) {
            await new Promise((resolve) => setTimeout(resolve, TURN_MILLISECONDS));
            if (this.#sleepers.length !== asleep || this.#underWay() !== underWay) return false;
        }
        return asleep > 0 && asleep === underWay;
    }
}

const QUIET_TURNS = 8;
const TURN_MILLISECONDS = 5;
