import type { PropertyDiffKind } from "../../components/provider/resourceProvider";
import { compare } from "../access/effectiveAccess";
import type { Plan, PlannedResource } from "../planDocument";
import { propertyOf, valueAt } from "./propertyValue";
import { diffResource } from "./replacementRules";

/** One difference of a resource's inputs, or of its options (`protect`, …), whose paths stand in parentheses. */
export interface PropertyChange {
    path: string;
    kind: "added" | "removed" | "changed";
    /** Left out where it was not given. */
    before?: unknown;
    /** Left out where it is not given any more. */
    after?: unknown;
    /** Whether the resource is replaced because of it. */
    replaces: boolean;
}

export interface ResourceChange {
    urn: string;
    type: string;
    name: string;
    change: "added" | "removed" | "changed" | "replaced";
    /** Sorted by path; of resources that come or go none are listed. */
    properties: PropertyChange[];
    /** False where no table says which properties of the type replace: then a change may be a replacement. */
    replacementKnown: boolean;
}

/** What differs between two plans, sorted by URN. Components are left out: they only group other resources. */
export async function resourceChanges(before: Plan, after: Plan): Promise<ResourceChange[]> {
    const [old, now] = [byUrn(before), byUrn(after)];
    const changes: ResourceChange[] = [];
    for (const urn of [...new Set([...old.keys(), ...now.keys()])].sort(compare)) {
        const [was, is] = [old.get(urn), now.get(urn)];
        if (was && is) changes.push(...(await changed(was, is)));
        else changes.push(oneSided((is ?? was)!, is ? "added" : "removed"));
    }
    return changes;
}

/** Stack names are part of URNs; both plans are of one stack. */
function byUrn(plan: Plan): Map<string, PlannedResource> {
    return new Map(plan.resources.filter((r) => r.custom).map((r) => [r.urn, r]));
}

function oneSided({ urn, type, name }: PlannedResource, change: "added" | "removed"): ResourceChange {
    return { urn, type, name, change, properties: [], replacementKnown: true };
}

async function changed(before: PlannedResource, after: PlannedResource): Promise<ResourceChange[]> {
    const { detailedDiff, replacementKnown } = await diffResource(before, after);
    const inputs = Object.entries(detailedDiff)
        .filter(([path]) => !after.ignoreChanges.includes(propertyOf(path)))
        .map(([path, kind]) => propertyChange(path, kind, before, after));
    const properties = [...inputs, ...optionChanges(before, after)].sort((a, b) => compare(a.path, b.path));
    if (properties.length === 0) return [];
    const { urn, type, name } = after;
    const change = properties.some((property) => property.replaces) ? "replaced" : "changed";
    return [{ urn, type, name, change, properties, replacementKnown }];
}

const KINDS = { add: "added", delete: "removed", update: "changed" } as const;

function propertyChange(
    path: string,
    kind: PropertyDiffKind,
    before: PlannedResource,
    after: PlannedResource,
): PropertyChange {
    const plain = kind.replace("-replace", "") as keyof typeof KINDS;
    const [old, now] = [valueAt(before.inputs, path), valueAt(after.inputs, path)];
    return {
        path,
        kind: KINDS[plain],
        ...(plain === "add" || old === undefined ? {} : { before: old }),
        ...(plain === "delete" || now === undefined ? {} : { after: now }),
        replaces: kind.endsWith("-replace"),
    };
}

const OPTIONS = ["protect", "retainOnDelete", "deletedWith", "ignoreChanges"] as const;

function optionChanges(before: PlannedResource, after: PlannedResource): PropertyChange[] {
    return OPTIONS.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map(
        (name) => ({
            path: `(${name})`,
            kind: "changed",
            before: before[name],
            after: after[name],
            replaces: false,
        }),
    );
}
