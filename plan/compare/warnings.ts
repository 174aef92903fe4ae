import { listed, phrase, type Phrase } from "../phrase";
import type { Plan, PlannedResource } from "../planDocument";
import { DATABASE, SERVER } from "../resourceTypes";
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
    if (change.type !== SERVER && change.type !== DATABASE) return [];
    // With its server every database goes: one warning is enough.
    if (change.properties.some((p) => p.replaces && p.path === "serverName") && change.type === DATABASE)
        return [];
    const guard = before?.protect
        ? phrase` It is protected, so pulumi up refuses this until the protection is taken away.`
        : phrase``;
    const { serverName, databaseName } = before?.inputs ?? {};
    const isServer = change.type === SERVER;
    const what = isServer
        ? phrase`server ${String(serverName)}`
        : phrase`database ${String(databaseName)} of the server ${String(serverName)}`;
    if (change.change === "removed") return [phrase`The ${what} is removed, with all its data.${guard}`];
    const causes = change.properties.filter((p) => p.replaces).map((p) => p.path);
    const more = isServer
        ? phrase` Everything that belongs to it is made anew: databases, roles, privileges.`
        : phrase``;
    return [
        phrase`The ${what} is replaced, because of ${listed(causes)}: a new, empty one is made, the old one goes with all its data.${more}${guard}`,
    ];
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
