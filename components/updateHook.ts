import * as pulumi from "@pulumi/pulumi";
import { uniqueHookName } from "./hookRegistration";

/** Hooks that look at an update before it is made, in previews as well, and refuse it with a message. */

/** @param problem why the update must not be made; `undefined` where it may */
export function beforeUpdate(
    name: string,
    problem: (args: pulumi.ResourceHookArgs) => Promise<string | undefined>,
): pulumi.ResourceHook {
    const refuse = async (args: pulumi.ResourceHookArgs) => {
        const found = await problem(args);
        if (found !== undefined) throw new Error(found);
    };
    return new pulumi.ResourceHook(uniqueHookName(name), refuse, { onDryRun: true });
}

/** The value behind an input that a hook is given, secret or not; `undefined` for what is not known yet. */
export async function plainInput(value: unknown): Promise<unknown> {
    if (!pulumi.Output.isInstance(value)) return value;
    // A public API tells secrets but not unknowns; an `apply` on an unknown would wait for ever.
    const known = await (value as unknown as { isKnown: Promise<boolean> }).isKnown;
    return known
        ? new Promise((resolve) => void (value as pulumi.Output<unknown>).apply(resolve))
        : undefined;
}
