/** What a plan holds: the shape of `npm run plan -- --json`. Plain values, in a stable order, no secret among them. */

/** Stands for a value that is a secret. */
export const SECRET_MARK = "[secret]";
/** Stands for a value that only the deployment will know. */
export const UNKNOWN_MARK = "[unknown]";

/** Raised where a reader of an older plan would misunderstand a newer one. */
export const PLAN_FORMAT = 1;

export type Properties = Record<string, unknown>;

/** One resource that the program registers. */
export interface PlannedResource {
    urn: string;
    /** Type token, for instance `azure-native:dbforpostgresql:Server`. */
    type: string;
    name: string;
    /** False for components, which only group others. */
    custom: boolean;
    /** URN; empty for the stack itself. */
    parent: string;
    /** Secrets are `[secret]`, values that only the deployment will know `[unknown]`. */
    inputs: Properties;
    /** URNs that it waits for, by `dependsOn` or through its inputs; sorted. */
    dependencies: string[];
    /** The same for each input by itself. */
    propertyDependencies: Record<string, string[]>;
    protect: boolean;
    retainOnDelete: boolean;
    deleteBeforeReplace: boolean;
    /** URN of the resource with which it is gone; empty where there is none. */
    deletedWith: string;
    /** URN of an explicit provider; empty for the default one. */
    provider: string;
    ignoreChanges: string[];
    /** Names of hooks by when they run, for instance `onError`. */
    hooks: Record<string, string[]>;
}

/** Why a deployment would be refused. */
export interface PlanProblem {
    urn: string;
    /** Property path; empty where it is about the whole resource. */
    property: string;
    reason: string;
}

/** Something that the stack's file leaves open. */
export interface OpenValue {
    /** Of the configuration, for instance `passwordless-postgres:administrators[0].objectId`. */
    key: string;
    /** The placeholder; left out for a secret. */
    value?: string;
    why: string;
}

export interface PlanMessage {
    severity: "info" | "warning" | "error";
    text: string;
}

export interface Plan {
    formatVersion: number;
    project: string;
    stack: string;
    /** Placeholders and secrets that are not known here. The plan holds them, a deployment refuses placeholders. */
    open: OpenValue[];
    /** Sorted by URN. */
    resources: PlannedResource[];
    /** The stack's outputs. */
    outputs: Properties;
    /** What the program said, sorted. */
    messages: PlanMessage[];
    problems: PlanProblem[];
}

/** The name at the end of a URN. */
export function urnName(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}
