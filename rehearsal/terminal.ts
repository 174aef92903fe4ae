import type { Style } from "../report/style";

/** Writing to people: progress on standard error, results on standard output, colours only where they are wanted. */

const CLEAR_LINE = "\r\x1b[2K";
const REDRAW_MILLISECONDS = 100;

/** Colours where the stream is a terminal and `NO_COLOR` is not set (https://no-color.org). */
export function styleFor(stream: NodeJS.WriteStream, environment = process.env): Style {
    const coloured = Boolean(stream.isTTY) && !environment.NO_COLOR && environment.TERM !== "dumb";
    const paint = (code: number) => (text: string) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
    return { good: paint(32), bad: paint(31), dim: paint(2), bold: paint(1) };
}

export function seconds(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Lines that stay, and on a terminal one line at the bottom that says what is being waited for. */
export class Progress {
    readonly #stream: NodeJS.WriteStream;
    readonly #running = new Map<string, number>();
    #timer: NodeJS.Timeout | undefined;

    constructor(stream: NodeJS.WriteStream = process.stderr) {
        this.#stream = stream;
    }

    get style(): Style {
        return styleFor(this.#stream);
    }

    line(text: string): void {
        this.#clear();
        this.#stream.write(`${text}\n`);
        this.#draw();
    }

    begin(what: string): void {
        this.#running.set(what, Date.now());
        if (!this.#stream.isTTY) return;
        this.#timer ??= setInterval(() => this.#draw(), REDRAW_MILLISECONDS).unref();
    }

    end(what: string): void {
        this.#running.delete(what);
        if (this.#running.size > 0) return this.#draw();
        clearInterval(this.#timer);
        this.#timer = undefined;
        this.#clear();
    }

    #draw(): void {
        const [first] = this.#running;
        if (!this.#stream.isTTY || !first) return;
        const more = this.#running.size > 1 ? ` and ${this.#running.size - 1} more` : "";
        const text = `  … ${first[0]}${more} (${seconds(Date.now() - first[1])})`;
        this.#stream.write(CLEAR_LINE + text.slice(0, (this.#stream.columns ?? 80) - 1));
    }

    #clear(): void {
        if (this.#stream.isTTY) this.#stream.write(CLEAR_LINE);
    }
}
