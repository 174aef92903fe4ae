import * as pulumi from "@pulumi/pulumi";

/**
 * Names of hooks are unique within one run of the engine, and a hook's name is what the state keeps: it must be the same
 * in every run. Several components share a process; a packaged component and an imported one run in two.
 */

const byEngine = new WeakMap<object, Map<string, unknown>>();
const byAddress = new Map<string, object>();

/** Makes something once for each run of the engine, by its key. */
export function oncePerEngine<T>(key: string, make: () => T): T {
    const made = registrations();
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
}

/** A name that no other hook of this process has: the name itself, then `name#2`, `name#3`, … */
export function uniqueHookName(name: string): string {
    const made = registrations();
    for (let i = 1; ; i++) {
        const candidate = i === 1 ? name : `${name}#${i}`;
        if (made.has(candidate)) continue;
        made.set(candidate, true);
        return candidate;
    }
}

/**
 * Lets a hook stand that another process has registered under the same name already: the engine calls that one, which
 * does the same.
 */
export function tolerateSecondRegistration(hook: pulumi.ErrorHook): pulumi.ErrorHook {
    const internal = hook as unknown as { __registered: Promise<void> };
    internal.__registered = internal.__registered.catch((error: Error) => {
        if (!/already registered/i.test(String(error.message))) throw error;
    });
    return hook;
}

function registrations(): Map<string, unknown> {
    const engine = currentEngine();
    const known = byEngine.get(engine) ?? new Map<string, unknown>();
    byEngine.set(engine, known);
    return known;
}

/** One object for each engine: the plugin makes a new client for each component, but the address stays. */
function currentEngine(): object {
    const monitor = pulumi.runtime.getMonitor() as { getChannel?(): { getTarget(): string } } | undefined;
    if (monitor === undefined) return byEngine;
    const address = monitor.getChannel?.().getTarget();
    if (address === undefined) return monitor;
    const known = byAddress.get(address) ?? {};
    byAddress.set(address, known);
    return known;
}
