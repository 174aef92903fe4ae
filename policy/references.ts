import { ofAzureType, type PolicyResource } from "./rule";

/**
 * The network resource of a type that an input of another one refers to. Its id is not known before it is made, so it is found among
 * what the input comes from. `undefined` where it is not of this stack, or cannot be told from others.
 */
export function referred(
    resources: readonly PolicyResource[],
    from: PolicyResource,
    input: string,
    type: string,
): PolicyResource | undefined {
    const urns = from.propertyDependencies[input] ?? [];
    const found = ofAzureType(resources, "network", type).filter(({ urn }) => urns.includes(urn));
    return found.length === 1 ? found[0] : undefined;
}
