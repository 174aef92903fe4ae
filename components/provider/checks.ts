/** Collecting what is wrong with inputs, in the package's one form: argument, value, rule, fix. */
import { ValidationError } from "../validationError";
import { UNKNOWN, type CheckFailure } from "./resourceProvider";

/** Not given; Pulumi sends `null` for a property that was left out explicitly. */
export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;
/** Given, and already known in this preview. */
export const isKnown = (value: unknown) => !isAbsent(value) && value !== UNKNOWN;

export class Failures {
    readonly list: CheckFailure[] = [];

    /** @param at Prefix of the property paths: empty, or for instance `principals["ada"].`. */
    constructor(readonly at = "") {}

    add(key: string, value: unknown, rule: string, fix: string): void {
        this.addError(key, new ValidationError(this.at + key, value, rule, fix));
    }

    /** Runs a check that throws; says whether it passed. */
    run(key: string, check: (argument: string) => void): boolean {
        try {
            check(this.at + key);
            return true;
        } catch (error) {
            if (!(error instanceof ValidationError)) throw error;
            this.addError(key, error);
            return false;
        }
    }

    /** Refuses keys that nobody reads: a typing error must not be silently ignored. */
    unknownKeys(path: string, given: object, known: readonly string[]): void {
        for (const key of Object.keys(given)) {
            if (known.includes(key)) continue;
            this.add(
                path + key,
                (given as Record<string, unknown>)[key],
                "there is no such property",
                `use one of ${known.join(", ")}`,
            );
        }
    }

    /** Checks the type of a value that may be absent or unknown; says whether it can be looked at further. */
    isOf(key: string, value: unknown, type: "string" | "boolean" | "object"): boolean {
        if (!isKnown(value)) return false;
        const fits = typeof value === type && !Array.isArray(value);
        const rules = {
            string: ["it must be a text", "put it in quotes"],
            boolean: ["it must be true or false", "use true or false, without quotes"],
            object: ["it must be an object", "give its properties"],
        } as const;
        const [rule, fix] = rules[type];
        if (!fits) this.add(key, value, rule, fix);
        return fits;
    }

    private addError(key: string, error: ValidationError): void {
        this.list.push({ property: this.at + key, reason: error.message });
    }
}
