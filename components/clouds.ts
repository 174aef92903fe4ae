import { ValidationError } from "./validationError";

/** Which Azure cloud the server is in. */
export enum Cloud {
    /** Azure, the worldwide cloud. */
    Public = "Public",
    /** Azure operated by 21Vianet. */
    China = "China",
    /** Azure US Government. */
    UsGovernment = "UsGovernment",
    /** A local Azure on this machine, for rehearsals; it stands in for the public cloud. */
    Local = "Local",
}

/** What differs between clouds: one table, from which everything that needs a host or an audience takes it. */
export interface CloudEndpoints {
    /** The audience of an access token for PostgreSQL, exactly as written (F14). */
    tokenAudience: string;
    /** What host names of servers end in, without a leading dot. */
    hostSuffix: string;
    /** What the names of private DNS zones end in, without a leading dot (F75). */
    privateDnsZoneSuffix: string;
    /** The audience for Azure Cosmos DB for PostgreSQL (F49); none where it is not known for the cloud. */
    cosmosTokenAudience?: string;
    /** What host names of clusters end in (F51), without a leading dot; none where it is not known. */
    cosmosHostSuffix?: string;
    /** Where Microsoft Entra ID signs people in; none for the local Azure. */
    authorityHost?: string;
    /** The resource API (Azure Resource Manager): its address, which is also the audience of its tokens. */
    resourceManager: string;
    /** Microsoft Graph: its address, which is also the audience of its tokens. */
    graph: string;
    /** The instance metadata service of a virtual machine (F37); none for the local Azure, where each has its own. */
    metadataService?: string;
    /** Name of the cloud for `az cloud set`; none for the local Azure. */
    azCloudName?: string;
    /**
     * What Pulumi's providers azure-native and azuread call the cloud (`environment`), in any case; the first is for both of
     * them. None for the local Azure.
     */
    providerEnvironments?: readonly string[];
}

/** The same address on every virtual machine of every cloud. */
const METADATA_SERVICE = "http://169.254.169.254";

/**
 * Facts of the clouds. Audiences, host suffixes, authority hosts, resource API and Graph are those of the Azure CLI's cloud
 * table (`az cloud list --output json`). The zone suffix is documented for the public cloud (F75) and taken to be the host
 * suffix elsewhere. Of Cosmos DB for PostgreSQL only the public cloud's endpoints are documented (F49, F51).
 */
export const CLOUDS: Readonly<Record<Cloud, CloudEndpoints>> = {
    [Cloud.Public]: {
        tokenAudience: "https://ossrdbms-aad.database.windows.net",
        hostSuffix: "postgres.database.azure.com",
        privateDnsZoneSuffix: "postgres.database.azure.com",
        cosmosTokenAudience: "https://token.postgres.cosmos.azure.com",
        cosmosHostSuffix: "postgres.cosmos.azure.com",
        authorityHost: "https://login.microsoftonline.com",
        resourceManager: "https://management.azure.com",
        graph: "https://graph.microsoft.com",
        metadataService: METADATA_SERVICE,
        azCloudName: "AzureCloud",
        providerEnvironments: ["public", "global", "azurecloud", "azurepubliccloud"],
    },
    [Cloud.China]: {
        tokenAudience: "https://ossrdbms-aad.database.chinacloudapi.cn",
        hostSuffix: "postgres.database.chinacloudapi.cn",
        privateDnsZoneSuffix: "postgres.database.chinacloudapi.cn",
        authorityHost: "https://login.chinacloudapi.cn",
        resourceManager: "https://management.chinacloudapi.cn",
        graph: "https://microsoftgraph.chinacloudapi.cn",
        metadataService: METADATA_SERVICE,
        azCloudName: "AzureChinaCloud",
        providerEnvironments: ["china", "azurechinacloud"],
    },
    [Cloud.UsGovernment]: {
        tokenAudience: "https://ossrdbms-aad.database.usgovcloudapi.net",
        hostSuffix: "postgres.database.usgovcloudapi.net",
        privateDnsZoneSuffix: "postgres.database.usgovcloudapi.net",
        authorityHost: "https://login.microsoftonline.us",
        resourceManager: "https://management.usgovcloudapi.net",
        graph: "https://graph.microsoft.us",
        metadataService: METADATA_SERVICE,
        azCloudName: "AzureUSGovernment",
        providerEnvironments: [
            "usgovernment",
            "usgov",
            "usgovernmentl4",
            "usgovernmentl5",
            "azureusgovernment",
        ],
    },
    [Cloud.Local]: {
        tokenAudience: "https://ossrdbms-aad.database.windows.net",
        hostSuffix: "postgres.database.azure.com",
        privateDnsZoneSuffix: "postgres.database.azure.com",
        cosmosTokenAudience: "https://token.postgres.cosmos.azure.com",
        cosmosHostSuffix: "postgres.cosmos.azure.com",
        resourceManager: "https://management.azure.com",
        graph: "https://graph.microsoft.com",
    },
};

/** The audience of a token for PostgreSQL as a scope, which is what Azure Identity libraries ask for (F39). */
export function tokenScope(cloud?: string): string {
    return `${cloudEndpoints(cloud).tokenAudience}/.default`;
}

/**
 * The endpoints of a cloud. Default: the public cloud.
 *
 * @throws ValidationError where there is no such cloud.
 */
export function cloudEndpoints(cloud: string = Cloud.Public): CloudEndpoints {
    if (Object.hasOwn(CLOUDS, cloud)) return CLOUDS[cloud as Cloud];
    const known = Object.keys(CLOUDS).join(", ");
    throw new ValidationError("cloud", cloud, "there is no such cloud", `use one of ${known}`);
}

/**
 * Refuses providers that work in another cloud than the stack: they would look for the resources, or make them, there.
 *
 * @param argument of the provider's setting, for instance `azure-native:environment`
 * @param environment what the provider was told, by its configuration or `ARM_ENVIRONMENT`. Default: public
 * @throws ValidationError
 */
export function checkProviderEnvironment(
    argument: string,
    environment: string | undefined,
    cloud: string,
): void {
    const known = cloudEndpoints(cloud).providerEnvironments;
    // Workflows set ARM_ENVIRONMENT from variables that may be empty, which the providers take for none.
    if (known === undefined || known.includes((environment || "public").toLowerCase())) return;
    throw new ValidationError(
        argument,
        environment,
        `the stack's cloud is ${cloud}, which this provider calls '${known[0]}'`,
        `run \`pulumi config set ${argument} ${known[0]}\`, or change the cloud`,
    );
}
