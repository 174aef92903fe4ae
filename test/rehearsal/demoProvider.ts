import * as pulumi from "@pulumi/pulumi";
import type { PropertyMap, ResourceProvider } from "../../components/provider/resourceProvider";
import { deploy } from "../../rehearsal/deployment";
import type { ResourceEvent } from "../../rehearsal/rehearsalMonitor";

/** A provider that keeps what it is given. What it does not know, it refuses. */
export function demoProvider(create: (inputs: PropertyMap) => void = () => undefined): ResourceProvider {
    const unused = () => Promise.reject(new Error("not in a rehearsal"));
    return {
        name: "demo",
        version: "1.0.0",
        getSchema: unused,
        check: async (_resource, _olds, news) => ({
            inputs: news,
            failures: news.bad ? [{ property: "bad", reason: "is bad" }] : [],
        }),
        create: async (resource, inputs) => {
            create(inputs);
            return { id: `id of ${resource.name}`, properties: { ...inputs, made: true } };
        },
        diff: unused,
        read: unused,
        update: unused,
        delete: unused,
        invoke: async (token, args) => {
            if (token !== "demo:index:double") throw new Error(`unknown function ${token}`);
            return { value: (args.value as number) * 2 };
        },
    };
}

export class Thing extends pulumi.CustomResource {
    declare readonly made: pulumi.Output<boolean>;
    declare readonly password: pulumi.Output<string>;
    constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
        super("demo:index:Thing", name, { made: undefined, ...args }, opts);
    }
}

export class Box extends pulumi.ComponentResource {
    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("demo:index:Box", name, {}, opts);
        this.registerOutputs({});
    }
}

/** Deploys a program on it. */
export async function run(program: () => Promise<Record<string, unknown>>, provider = demoProvider()) {
    const events: ResourceEvent[] = [];
    const base = { project: "test", stack: "local", config: { "test:key": "value" }, providers: [provider] };
    const outputs = await deploy({ ...base, program, onEvent: (event) => events.push(event) });
    return { outputs, events };
}
