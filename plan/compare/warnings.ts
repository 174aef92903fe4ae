import { listed, phrase, type Phrase } from "../phrase";
import type { Plan, PlannedResource } from "../planDocument";
import { CLUSTER, DATABASE, SERVER } from "../resourceTypes";
import type { ResourceChange } from "./resourceChanges";

/** What a reviewer must not overlook: data that is lost, protection that goes. Pure. */
export function changeWarnings(changes: readonly ResourceChange[], before: Plan): Phrase[] {
    const known = new Map(before.resources.map((r) => [r.urn, r]));
    return changes.flatMap((change) => [
        ...losesData(change, known.get(change.urn)),
        ...losesProtection(change),
        ...mayReplace(change),
    ]);
}

function losesData(change: ResourceChange, before: PlannedResource | undefined): Phrase[] {
    if (change.change !== "replaced" && change.change !== "removed") return [];
    const what = holdsData(change, before?.inputs ?? {});
    if (!what) return [];
    const guard = before?.protect
        ? phrase` It is protected, so pulumi up refuses this until the protection is taken away.`
        : phrase``;
    if (change.change === "removed") return [phrase`The ${what} is removed, with all its data.${guard}`];
    const causes = change.properties.filter((p) => p.replaces).map((p) => p.path);
    const more =
        change.type === DATABASE
            ? phrase``
            : phrase` Everything that belongs to it is made anew: databases, roles, privileges.`;
    return [
        phrase`The ${what} is replaced, because of ${listed(causes)}: a new, empty one is made, the old one goes with all its data.${more}${guard}`,
    ];
}

function holdsData({ type, properties }: ResourceChange, inputs: Plan["outputs"]): Phrase | undefined {
    const { serverName, clusterName, databaseName } = inputs;
    if (type === SERVER) return phrase`server ${String(serverName)}`;
    if (type === CLUSTER) return phrase`cluster ${String(clusterName)}`;
    // With its server every database goes: one warning is enough.
    if (type !== DATABASE || properties.some((p) => p.replaces && p.path === "serverName")) return undefined;
    return phrase`database ${String(databaseName)} of the server ${String(serverName)}`;
}

function losesProtection({ name, properties }: ResourceChange): Phrase[] {
    const protect = properties.find((p) => p.path === "(protect)");
    if (protect?.after !== false) return [];
    return [phrase`${name} is no longer protected: pulumi destroy and replacements may remove it.`];
}

function mayReplace(change: ResourceChange): Phrase[] {
    if (change.replacementKnown || change.change !== "changed") return [];
    return [
        phrase`${change.name} (${change.type}) changes; which of its properties replace it is not known here. pulumi preview tells.`,
    ];
}
