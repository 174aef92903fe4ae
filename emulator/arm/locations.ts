/** Azure's regions. Source: Microsoft Learn, "Azure regions list" (programmatic names of the public cloud). */

const REGIONS =
    `australiacentral australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth canadacentral
canadaeast centralindia centralus chilecentral eastasia eastus eastus2 francecentral germanywestcentral
indonesiacentral israelcentral italynorth japaneast japanwest koreacentral koreasouth malaysiawest mexicocentral
newzealandnorth northcentralus northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus
southeastasia southindia spaincentral swedencentral switzerlandnorth uaenorth uksouth ukwest westcentralus
westeurope westindia westus westus2 westus3`.split(/\s+/);

/** `West Europe` and `westeurope` are the same region. */
export function normalizeLocation(location: string): string {
    return location.toLowerCase().replaceAll(" ", "");
}

export function isRegion(location: string): boolean {
    return REGIONS.includes(normalizeLocation(location));
}
