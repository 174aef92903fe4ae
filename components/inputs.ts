import * as pulumi from "@pulumi/pulumi";

/** Helpers for arguments that are either known at once or known later. */

/** The value where it is known at once; `undefined` for an output or a promise. */
export function plainValue<T>(input: pulumi.Input<T> | undefined): T | undefined {
    return isPlain(input) ? (input as T | undefined) : undefined;
}

export function isPlain(input: unknown): boolean {
    return !pulumi.Output.isInstance(input) && !(input instanceof Promise);
}

/**
 * Checks a value at once where it is known, and else as soon as it is: whatever is given the result waits for the check.
 * Secrets stay secret.
 */
export function validated<T>(input: pulumi.Input<T>, check: (value: unknown) => void): pulumi.Input<T> {
    if (isPlain(input)) {
        check(input);
        return input;
    }
    return pulumi.output(input).apply((value) => {
        check(value);
        return value as T;
    }) as pulumi.Output<T>;
}

/** The same for an argument that may be left out. */
export function validatedIfGiven<T>(
    input: pulumi.Input<T> | undefined,
    check: (value: unknown) => void,
): pulumi.Input<T> | undefined {
    return input === undefined ? undefined : validated(input, check);
}

/** A value that waits for resources and depends on them, but stays known in a preview: URNs are known before the rest. */
export function readyAfter<T>(value: pulumi.Input<T>, resources: pulumi.Resource[]): pulumi.Output<T> {
    return pulumi
        .all([value, ...resources.map((r) => r.urn)])
        .apply(([known]) => known as T) as pulumi.Output<T>;
}
