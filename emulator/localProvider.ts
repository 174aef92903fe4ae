import { parseUrn, type ResourceProvider, type ResourceRef } from "../components/provider/resourceProvider";

/** The one stack that a local Azure serves. */
export const LOCAL_STACK = "local";

/**
 * The provider, for the stack `local` alone. The CLI lets an environment variable attach providers to any stack; without this
 * guard a forgotten one would write fiction into another stack's state.
 */
export function forLocalStackOnly(provider: ResourceProvider): ResourceProvider {
    const refuse = (resource: ResourceRef) => refuseOtherStack(provider.name, resource);
    return {
        name: provider.name,
        version: provider.version,
        getSchema: () => provider.getSchema(),
        checkConfiguration: (urn) => refuse(parseUrn(urn)),
        configure: async (config, urn) => provider.configure?.(config, urn),
        check: async (resource, ...rest) => (refuse(resource), provider.check(resource, ...rest)),
        diff: async (resource, ...rest) => (refuse(resource), provider.diff(resource, ...rest)),
        create: async (resource, ...rest) => (refuse(resource), provider.create(resource, ...rest)),
        read: async (resource, ...rest) => (refuse(resource), provider.read(resource, ...rest)),
        update: async (resource, ...rest) => (refuse(resource), provider.update(resource, ...rest)),
        delete: async (resource, ...rest) => (refuse(resource), provider.delete(resource, ...rest)),
        invoke: provider.invoke && ((token, args) => provider.invoke!(token, args)),
        close: async () => provider.close?.(),
    };
}

function refuseOtherStack(providerName: string, resource: ResourceRef): void {
    if (resource.stack === LOCAL_STACK) return;
    throw new Error(
        `the attached provider '${providerName}' is the local Azure's and serves the stack '${LOCAL_STACK}' alone, not ` +
            `'${resource.stack}'; unset PULUMI_DEBUG_PROVIDERS and run the command again`,
    );
}
