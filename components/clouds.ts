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

/** What differs between clouds for somebody who signs in to PostgreSQL. */
export interface CloudEndpoints {
    /** The audience of an access token for PostgreSQL, exactly as written (F14). */
    tokenAudience: string;
    /** What host names of servers end in, without a leading dot. */
    hostSuffix: string;
    /** What the names of private DNS zones end in, without a leading dot (F75). */
    privateDnsZoneSuffix: string;
    /** Where Microsoft Entra ID signs people in; none for the local Azure. */
    authorityHost?: string;
    /** Name of the cloud for `az cloud set`; none for the local Azure. */
    azCloudName?: string;
}

/**
 * Facts of the clouds. Audiences, host suffixes and authority hosts are those of the Azure CLI's cloud table
 * (`az cloud list --output json`). The zone suffix is documented for the public cloud (F75) and taken to be the host
 * suffix elsewhere.
 */
export const CLOUDS: Readonly<Record<Cloud, CloudEndpoints>> = {
    [Cloud.Public]: {
        tokenAudience: "https://ossrdbms-aad.database.windows.net",
        hostSuffix: "postgres.database.azure.com",
        privateDnsZoneSuffix: "postgres.database.azure.com",
        authorityHost: "https://login.microsoftonline.com",
        azCloudName: "AzureCloud",
    },
    [Cloud.China]: {
        tokenAudience: "https://ossrdbms-aad.database.chinacloudapi.cn",
        hostSuffix: "postgres.database.chinacloudapi.cn",
        privateDnsZoneSuffix: "postgres.database.chinacloudapi.cn",
        authorityHost: "https://login.chinacloudapi.cn",
        azCloudName: "AzureChinaCloud",
    },
    [Cloud.UsGovernment]: {
        tokenAudience: "https://ossrdbms-aad.database.usgovcloudapi.net",
        hostSuffix: "postgres.database.usgovcloudapi.net",
        privateDnsZoneSuffix: "postgres.database.usgovcloudapi.net",
        authorityHost: "https://login.microsoftonline.us",
        azCloudName: "AzureUSGovernment",
    },
    [Cloud.Local]: {
        tokenAudience: "https://ossrdbms-aad.database.windows.net",
        hostSuffix: "postgres.database.azure.com",
        privateDnsZoneSuffix: "postgres.database.azure.com",
    },
};

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
