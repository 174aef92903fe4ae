/** Finds a value by its property path: `securityRules[0].priority`, `tags["cost center"]`. Pure. */

// The quoted form is JSON, so a backslash may stand before a quote.
const STEP = /\.?([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;

/** `undefined` where there is nothing at the path. */
export function valueAt(root: unknown, path: string): unknown {
    return stepsOf(path).reduce<unknown>((value, step) => {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
        return (value as Record<string | number, unknown>)[step];
    }, root);
}

function stepsOf(path: string): (string | number)[] {
    return [...path.matchAll(STEP)].map(([, name, index, quoted]) => {
        if (name !== undefined) return name;
        return index === undefined ? (JSON.parse(quoted!) as string) : Number(index);
    });
}

/** The first step: the property of the resource itself. */
export function propertyOf(path: string): string {
    return String(stepsOf(path)[0] ?? path);
}
