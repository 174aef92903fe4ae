/** The options of a component as its consumer gave them, from the engine's request. */
import * as pulumi from "@pulumi/pulumi";
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import { hookBindingFromProto } from "./sdkInternals";

export function optionsOf(request: pb.ConstructRequest): pulumi.ComponentResourceOptions {
    const parent = request.getParent();
    const deletedWith = request.getDeletedwith();
    return {
        aliases: request.getAliasesList().map(aliasOf),
        dependsOn: request.getDependenciesList().map((urn) => new pulumi.DependencyResource(urn)),
        // Left out is not the same as false: a component may protect what it makes by default.
        ...(request.hasProtect() ? { protect: request.getProtect() } : {}),
        ...(request.hasRetainondelete() ? { retainOnDelete: request.getRetainondelete() } : {}),
        providers: providersOf(request),
        ...(parent ? { parent: new pulumi.DependencyResource(parent) } : {}),
        ...(deletedWith ? { deletedWith: new pulumi.DependencyResource(deletedWith) } : {}),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        customTimeouts: request.getCustomtimeouts()?.toObject(),
        hooks: hookBindingFromProto(request.getResourceHooks()),
    } as pulumi.ComponentResourceOptions;
}

/** Explicit providers, which the component's children are made with. */
function providersOf(request: pb.ConstructRequest): Record<string, pulumi.ProviderResource> {
    const { DependencyProviderResource } = pulumi as unknown as {
        DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
    };
    const references = request.getProvidersMap().getEntryList() as [string, string][];
    return Object.fromEntries(
        references.map(([name, reference]) => [name, new DependencyProviderResource(reference)]),
    );
}

function aliasOf(message: AliasMessage): pulumi.Alias | string {
    const spec = message.getSpec();
    if (!spec) return message.getUrn();
    return {
        ...(spec.getName() ? { name: spec.getName() } : {}),
        ...(spec.getProject() ? { project: spec.getProject() } : {}),
        ...(spec.getStack() ? { stack: spec.getStack() } : {}),
        ...(spec.hasParenturn() ? { parent: spec.getParenturn() } : {}),
        ...(spec.hasNoparent() && spec.getNoparent() ? { parent: pulumi.rootStackResource } : {}),
    } as pulumi.Alias;
}
