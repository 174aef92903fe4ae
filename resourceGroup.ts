import * as azure from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";

/** The resource group of everything, made here or there already. */
export function makeResourceGroup(
    config: { resourceGroup: { name: string; existing: boolean }; location: string },
    tags: Record<string, string>,
): pulumi.Input<string> {
    if (config.resourceGroup.existing) return config.resourceGroup.name;
    return new azure.ResourceGroup("resource-group", {
        resourceGroupName: config.resourceGroup.name,
        location: config.location,
        tags,
    }).name;
}
