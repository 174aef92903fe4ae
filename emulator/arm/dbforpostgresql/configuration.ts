/**
 * `azure-native:dbforpostgresql:Configuration`: a server parameter. It exists without having been made, and its
 * deletion sets it back (pulumi-azure-native#3752).
 */

import { UNKNOWN, type CheckFailure, type PropertyMap } from "../../../components/provider/resourceProvider";
import { nearest } from "../../providers/propertyText";
import { invalidParameter } from "../armError";
import type { ArmType } from "../armType";
import { lastName } from "../resourceId";
import { computed, resourceGroupName, SPEC, systemData } from "../rules";
import { PARAMETERS, parameterName, refuseParameterValue } from "./parameters";
import { API_VERSION, CONFIGURATION, engineOf, parentServerName, SERVER_PATH } from "./serverChild";

export const configuration: ArmType = {
    table: {
        token: CONFIGURATION,
        properties: {
            configurationName: {
                type: "string",
                createOnly: true,
                pattern: /^[-\w.]{1,256}$/,
                refuse: refuseUnknownParameter,
                source: SPEC.postgresql,
            },
            resourceGroupName,
            serverName: parentServerName,
            source: {
                type: "string",
                required: true,
                values: ["user-override", "system-default"],
                source: "Azure/azure-rest-api-specs#30143: source and value must both be set",
            },
            value: { type: "string", required: true, source: SPEC.postgresql },
            allowedValues: computed("string"),
            azureApiVersion: computed("string"),
            dataType: computed("string"),
            defaultValue: computed("string"),
            description: computed("string"),
            documentationLink: computed("string"),
            isConfigPendingRestart: computed("boolean"),
            isDynamicConfig: computed("boolean"),
            isReadOnly: computed("boolean"),
            name: computed("string"),
            systemData,
            type: computed("string"),
            unit: computed("string"),
        },
        check: checkValue,
    },
    armType: "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
    path: `${SERVER_PATH}/configurations/{configurationName}`,
    apiVersion: API_VERSION,
    naming: "copy",
    async put({ azure, id, inputs }) {
        const name = parameterName(lastName(id));
        if (!name) throw invalidParameter("configurationName", refuseUnknownParameter(lastName(id))!);
        const value = inputs.value as string;
        const refused = refuseParameterValue(name, value);
        if (refused) throw invalidParameter(name, `The value is '${value}': ${refused}`);
        if (PARAMETERS[name]!.applied) await engineOf(azure, id).setParameter(name, value);
        return { value, source: value === PARAMETERS[name]!.default ? "system-default" : "user-override" };
    },
    async remove({ azure, resource }) {
        const name = parameterName(resource.name)!;
        const rule = PARAMETERS[name]!;
        if (rule.applied) await engineOf(azure, resource.id).setParameter(name, rule.default);
    },
    view(_, resource) {
        const rule = PARAMETERS[parameterName(resource.name)!]!;
        return {
            allowedValues: rule.allowed,
            dataType: rule.type,
            defaultValue: rule.default,
            description: `The server parameter ${resource.name}.`,
            documentationLink: "https://learn.microsoft.com/azure/postgresql/server-parameters",
            isConfigPendingRestart: !rule.dynamic && resource.properties.value !== rule.default,
            isDynamicConfig: rule.dynamic,
            isReadOnly: rule.readOnly ?? false,
            unit: rule.unit ?? "",
        };
    },
    standing: Object.keys(PARAMETERS),
    absent(_, id) {
        const name = parameterName(lastName(id));
        return name === undefined
            ? undefined
            : { value: PARAMETERS[name]!.default, source: "system-default" };
    },
};

function refuseUnknownParameter(value: unknown): string | undefined {
    if (parameterName(value as string)) return undefined;
    const close = nearest(value as string, Object.keys(PARAMETERS));
    return `the local Azure knows no server parameter of this name.${close ? ` Did you mean '${close}'?` : ""}`;
}

function checkValue(inputs: PropertyMap): CheckFailure[] {
    const { configurationName: name, value } = inputs;
    if (typeof name !== "string" || typeof value !== "string" || [name, value].includes(UNKNOWN)) return [];
    if (!parameterName(name)) return [];
    const refused = refuseParameterValue(name, value);
    return refused === undefined
        ? []
        : [{ property: "value", reason: `'value' of '${name}' is "${value}": ${refused} Correct it.` }];
}
