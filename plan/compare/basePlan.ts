import { existsSync } from "node:fs";
import path from "node:path";
import { phrase, type Phrase } from "../phrase";
import { PLAN_FORMAT, type Plan } from "../planDocument";
import { planStack } from "../planStack";
import { readStackValues } from "../stackValues";
import { runThere, type BaseVersion } from "./baseVersion";

export interface EvaluatedBase {
    plan: Plan;
    /** Whether the base's own program was run, or the present one with the base's configuration. */
    program: "own" | "present" | "none";
    notes: Phrase[];
}

const PLAN_COMMAND = path.join("plan", "main.ts");

/**
 * The plan of another version: by its own program where that can run here, else by the present program with that version's
 * configuration, and then it says so.
 *
 * @param env of the version's own program
 * @throws Error where it cannot be evaluated
 */
export async function planOfBase(
    base: BaseVersion,
    project: string,
    stack: string,
    env: NodeJS.ProcessEnv,
): Promise<EvaluatedBase> {
    const name = `Pulumi.${stack}.yaml`;
    const file = path.join(base.folder, name);
    if (!existsSync(file)) {
        const note = phrase`${base.ref} has no ${name}: the stack is new, so everything is added.`;
        return { plan: emptyPlan(project, stack), program: "none", notes: [note] };
    }
    const obstacle = whyNotItsOwn(base);
    if (obstacle === undefined) {
        const plan = await ownPlan(base, stack, env);
        if (plan.formatVersion === PLAN_FORMAT) return { plan, program: "own", notes: [] };
    }
    const why = obstacle ?? phrase`its plan has another format`;
    const note = phrase`${base.ref} is evaluated with the present program and its own ${name}, because ${why}: what changed in the program itself does not show.`;
    const plan = await planStack({ project, stack, values: readStackValues(project, file) });
    return { plan, program: "present", notes: [note] };
}

function whyNotItsOwn(base: BaseVersion): Phrase | undefined {
    if (!existsSync(path.join(base.folder, PLAN_COMMAND))) return phrase`it has no plan command`;
    if (!base.samePackages)
        return phrase`its package-lock.json has other runtime packages than are installed`;
    return undefined;
}

async function ownPlan(base: BaseVersion, stack: string, env: NodeJS.ProcessEnv): Promise<Plan> {
    const { code, stdout, stderr } = await runThere(
        base.folder,
        [PLAN_COMMAND, "--stack", stack, "--json"],
        env,
    );
    try {
        return JSON.parse(stdout) as Plan;
    } catch {
        throw new Error(`${base.ref} cannot be evaluated (exit code ${code}):\n${stderr.trim()}`);
    }
}

export function emptyPlan(project: string, stack: string): Plan {
    return {
        formatVersion: PLAN_FORMAT,
        project,
        stack,
        open: [],
        resources: [],
        outputs: {},
        messages: [],
        problems: [],
    };
}
