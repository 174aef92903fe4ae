/** The functions (invokes) of the local azure-native provider. Others are refused by name. */

import { CLOUDS } from "../../components/clouds";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import type { ArmType } from "../arm/armType";
import { formatId, pathParameters } from "../arm/resourceId";
import type { ResourceApi } from "../arm/resourceApi";
import { typeOfToken } from "../arm/resourceTypes";
import { checkFunctionInputs, type FunctionTable, type PropertyRule } from "./propertyTable";

/** Who runs the deployment, as `getClientConfig` says. */
export interface Caller {
    objectId: string;
    clientId: string;
}

/** Function token to the token of the resource that it looks up. */
const LOOK_UPS: Record<string, string> = {
    "azure-native:compute:getVirtualMachine": "azure-native:compute:VirtualMachine",
    "azure-native:dbforpostgresql:getAdministratorsMicrosoftEntra":
        "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
    "azure-native:dbforpostgresql:getServer": "azure-native:dbforpostgresql:Server",
    "azure-native:managedidentity:getUserAssignedIdentity":
        "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:network:getNetworkSecurityGroup": "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:getRouteTable": "azure-native:network:RouteTable",
    "azure-native:network:getSubnet": "azure-native:network:Subnet",
    "azure-native:network:getVirtualNetwork": "azure-native:network:VirtualNetwork",
    "azure-native:resources:getResourceGroup": "azure-native:resources:ResourceGroup",
};

const CLIENT_CONFIG = "azure-native:authorization:getClientConfig";
const ZONE_SUFFIX = "azure-native:dbforpostgresql:getPrivateDnsZoneSuffix";
const text: PropertyRule = { type: "string" };

export const FUNCTION_TABLES: readonly FunctionTable[] = [
    {
        token: CLIENT_CONFIG,
        inputs: {},
        outputs: { clientId: text, objectId: text, subscriptionId: text, tenantId: text },
    },
    { token: ZONE_SUFFIX, inputs: {}, outputs: { value: text } },
    ...Object.entries(LOOK_UPS).map(([token, resource]) => lookUpTable(token, typeOfToken(resource)!)),
];

/** @throws Error where the function is unknown or an argument is wrong; ArmError where nothing is there. */
export function callFunction(
    api: ResourceApi,
    caller: Caller,
    token: string,
    args: PropertyMap,
): PropertyMap {
    const table = FUNCTION_TABLES.find((candidate) => candidate.token === token);
    if (!table) {
        throw new Error(
            `The local Azure has no function '${token}'. It has: ${FUNCTION_TABLES.map((t) => t.token).join(", ")}.`,
        );
    }
    const failures = checkFunctionInputs(table, args);
    if (failures.length > 0) throw new Error(failures.map((failure) => failure.reason).join("\n"));
    if (token === CLIENT_CONFIG) {
        return { ...caller, subscriptionId: api.subscriptionId, tenantId: api.azure.directory.tenantId };
    }
    // The specification's example of the private DNS zone suffix.
    if (token === ZONE_SUFFIX) return { value: CLOUDS.Local.privateDnsZoneSuffix };
    const view = api.get(formatId(typeOfToken(LOOK_UPS[token]!)!.path, api.subscriptionId, args));
    return { id: view.id, ...view.outputs };
}

function lookUpTable(token: string, type: ArmType): FunctionTable {
    const names = pathParameters(type.path);
    const inputs = Object.fromEntries(
        names.map((name) => [name, { type: "string", required: true } as PropertyRule]),
    );
    const outputs = Object.entries(type.table.properties).filter(
        ([name, rule]) => !names.includes(name) && !rule.secret,
    );
    // Azure takes `expand`, which changes only what is nested in the answer.
    const expand: Record<string, PropertyRule> = token.includes(":network:") ? { expand: text } : {};
    return { token, inputs: { ...inputs, ...expand }, outputs: { id: text, ...Object.fromEntries(outputs) } };
}
