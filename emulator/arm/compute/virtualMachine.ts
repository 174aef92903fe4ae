/** `azure-native:compute:VirtualMachine`, as a holder of managed identities: no machine runs. */

import { createHash } from "node:crypto";
import { badRequest } from "../armError";
import type { ArmType } from "../armType";
import { normalizeLocation } from "../locations";
import type { PropertyRule } from "../../providers/propertyTable";
import { keyOf } from "../resourceId";
import { computed, location, notHere, oneOf, resourceGroupName, SPEC, systemData, tags } from "../rules";
import {
    attachedIds,
    IDENTITY_TYPES,
    identityOfMachine,
    identityView,
    removeOwnIdentity,
    writeIdentity,
} from "./machineIdentity";

export const VIRTUAL_MACHINE = "azure-native:compute:VirtualMachine";

/** Taken as it is and shown again: nothing here depends on it. */
function notJudged(type: PropertyRule["type"], more: Partial<PropertyRule> = {}): PropertyRule {
    return { type, source: SPEC.compute, ...more };
}

function refusePassword(value: unknown): string | undefined {
    return (value as { adminPassword?: unknown }).adminPassword === undefined
        ? undefined
        : "the local Azure keeps no password of a machine. Give linuxConfiguration.ssh with a public key instead.";
}

export const virtualMachine: ArmType = {
    table: {
        token: VIRTUAL_MACHINE,
        properties: {
            hardwareProfile: notJudged("object"),
            identity: {
                type: "object",
                properties: {
                    type: oneOf(IDENTITY_TYPES, `${SPEC.compute} VirtualMachineIdentity`),
                    userAssignedIdentities: {
                        type: "array",
                        unordered: true,
                        items: { type: "string", source: `${SPEC.compute} VirtualMachineIdentity` },
                        source: `${SPEC.compute} VirtualMachineIdentity`,
                        inputOf: attachedIds,
                    },
                    principalId: computed("string"),
                    tenantId: computed("string"),
                },
            },
            location: {
                ...location,
                createOnly: true,
                source: `${SPEC.compute} TrackedResource x-ms-mutability read, create`,
            },
            networkProfile: notJudged("object"),
            osProfile: notJudged("object", { refuse: refusePassword }),
            resourceGroupName,
            storageProfile: notJudged("object"),
            tags,
            vmName: {
                type: "string",
                createOnly: true,
                pattern: /^[A-Za-z0-9]([\w.-]{0,62}[A-Za-z0-9_])?$/,
                patternText:
                    "of 1 to 64 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit",
                source: SPEC.names,
            },
            additionalCapabilities: notHere("object", "machines that run, so no capabilities"),
            applicationProfile: notHere("object", "gallery applications"),
            availabilitySet: notHere("object", "availability sets"),
            billingProfile: notHere("object", "prices"),
            capacityReservation: notHere("object", "capacity reservations"),
            diagnosticsProfile: notHere("object", "boot diagnostics"),
            evictionPolicy: notHere("string", "spot machines"),
            extendedLocation: notHere("object", "extended locations"),
            extensionsTimeBudget: notHere("string", "extensions of machines"),
            host: notHere("object", "dedicated hosts"),
            hostGroup: notHere("object", "dedicated hosts"),
            licenseType: notHere("string", "licences"),
            placement: notHere("object", "placement in zones"),
            plan: notHere("object", "images of the marketplace"),
            platformFaultDomain: notHere("integer", "fault domains"),
            priority: notHere("string", "spot machines"),
            proximityPlacementGroup: notHere("object", "proximity placement groups"),
            scheduledEventsPolicy: notHere("object", "scheduled events"),
            scheduledEventsProfile: notHere("object", "scheduled events"),
            securityProfile: notHere("object", "machines that run, so no security profile"),
            userData: notHere("string", "machines that run, so no user data"),
            virtualMachineScaleSet: notHere("object", "scale sets"),
            zones: notHere("array", "availability zones of machines"),
            azureApiVersion: computed("string"),
            etag: computed("string"),
            instanceView: computed("object"),
            managedBy: computed("string"),
            name: computed("string"),
            provisioningState: computed("string"),
            resources: computed("array"),
            systemData,
            timeCreated: computed("string"),
            type: computed("string"),
            vmId: computed("string"),
        },
    },
    armType: "Microsoft.Compute/virtualMachines",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}",
    apiVersion: "2024-11-01",
    naming: "random",
    put({ azure, id, inputs, existing }) {
        const where = inputs.location as string | undefined;
        if (!where)
            throw badRequest("LocationRequired", "The location property is required for this definition.");
        const { hardwareProfile, networkProfile, osProfile, storageProfile } = inputs;
        return {
            location: normalizeLocation(where),
            tags: inputs.tags,
            ...{ hardwareProfile, networkProfile, osProfile, storageProfile },
            identity: writeIdentity(azure, id, inputs.identity as Record<string, unknown>, existing),
        };
    },
    remove({ azure, resource }) {
        removeOwnIdentity(azure, identityOfMachine(resource).principalId);
    },
    view: (azure, machine) => ({
        ...identityView(azure, machine),
        timeCreated: machine.created,
        vmId: createHash("sha256")
            .update(keyOf(machine.id))
            .digest("hex")
            .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
    }),
};
