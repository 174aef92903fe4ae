import * as pulumi from "@pulumi/pulumi";
import { demoProvider, run, Thing } from "./demoProvider";

/** Programs that fail, by name; prints how as JSON. Run by deployment.test.ts as a process of its own. */
const tried: string[] = [];
const refusing = demoProvider((inputs) => {
    tried.push(JSON.stringify(inputs));
    throw new Error("quota exceeded");
});

const programs: Record<string, () => Promise<unknown>> = {
    declined: () =>
        run(async () => {
            const hook = new pulumi.ErrorHook("never", () => false);
            const first = new Thing("first", { number: 1 }, { hooks: { onError: [hook] } });
            new Thing("second", { after: first.made });
            return {};
        }, refusing),
    check: () => run(async () => ({ made: new Thing("thing", { bad: true }).made }), keeping()),
    unknownProvider: () => run(async () => ({ id: new Unknown("bucket").id }), keeping()),
    program: () => run(() => Promise.reject(new Error("the program is wrong")), keeping()),
};

class Unknown extends pulumi.CustomResource {
    constructor(name: string) {
        super("aws:s3:Bucket", name, {});
    }
}

function keeping() {
    return demoProvider((inputs) => tried.push(JSON.stringify(inputs)));
}

programs[process.argv[2]!]!().then(
    () => process.exit(1),
    (error: Error) => {
        process.stdout.write(JSON.stringify({ message: error.message, tried }));
        // Late rejections must neither change the exit code nor print anything.
        setTimeout(() => undefined, 100);
    },
);
