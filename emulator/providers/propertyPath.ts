/** Property paths as Pulumi writes them: `securityRules[0].priority`, `tags["cost center"]`. */

/** The path of a property under `parent` (empty at the top). */
export function propertyPath(parent: string, name: string): string {
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
    return parent === "" ? name : `${parent}.${name}`;
}

/** The path of an array's element. */
export function elementPath(parent: string, index: number): string {
    return `${parent}[${index}]`;
}
