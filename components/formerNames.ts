import * as pulumi from "@pulumi/pulumi";

/**
 * Names of earlier releases. A Pulumi name is an identity: without an alias, a component or child under another name is a new
 * one, and the old one, which may be a server with all its data, is removed. A renamed component or child gets a line here,
 * which stays for good, and nothing else.
 */
export interface FormerName {
    /** The component's class, as it is now. */
    component: string;
    /** What the class was called. */
    formerClass?: string;
    /** What follows the component's own name in a child's, without the hyphen: `server` for the child `<name>-server`. */
    child?: string;
    /** The same before. */
    formerChild?: string;
}

export const FORMER_NAMES: FormerName[] = [];

/** The options of a component, with the aliases of its class and of its children. Every component passes its own through this. */
export function withFormerNames(
    component: string,
    name: string,
    opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
    const former = FORMER_NAMES.filter((one) => one.component === component);
    if (former.length === 0) return opts;
    const aliases = former.flatMap(({ formerClass }) =>
        formerClass ? [{ type: `azure-postgres-entra:index:${formerClass}` }] : [],
    );
    const childAliases = (childName: string) =>
        former.flatMap(({ child, formerChild }) =>
            childName === `${name}-${child}` && formerChild ? [{ name: `${name}-${formerChild}` }] : [],
        );
    const aliasChild: pulumi.ResourceTransformation = ({ name: childName, props, opts: childOpts }) => {
        const found = childAliases(childName);
        return found.length === 0
            ? undefined
            : { props, opts: pulumi.mergeOptions(childOpts, { aliases: found }) };
    };
    return pulumi.mergeOptions(opts, { aliases, transformations: [aliasChild] });
}
