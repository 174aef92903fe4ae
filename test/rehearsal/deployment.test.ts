import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { PropertyMap } from "../../components/provider/resourceProvider";
import { Box, demoProvider, run, Thing } from "./demoProvider";

describe("a rehearsal runs a Pulumi program through real providers", { concurrency: 1 }, () => {
    test("outputs, configuration and invokes reach the program", async () => {
        const { outputs } = await run(async () => {
            const thing = new Thing("thing", { value: 1 });
            const doubled = pulumi.runtime.invoke("demo:index:double", { value: 21 });
            return { id: thing.id, made: thing.made, key: new pulumi.Config("test").require("key"), doubled };
        });
        assert.deepEqual(outputs, { id: "id of thing", made: true, key: "value", doubled: { value: 42 } });
    });

    test("URNs hold the types of all parents, as the engine's do", async () => {
        const { events } = await run(async () => {
            const inner = new Box("inner", { parent: new Box("outer") });
            new Thing("thing", {}, { parent: inner });
            return {};
        });
        assert.equal(
            events[0]!.resource.urn,
            "urn:pulumi:local::test::demo:index:Box$demo:index:Box$demo:index:Thing::thing",
        );
    });

    test("a provider sees secrets as plain values, and the program gets them back as secrets", async () => {
        const seen: PropertyMap[] = [];
        const { outputs } = await run(
            async () => {
                const thing = new Thing("thing", { password: pulumi.secret("hidden") });
                return { isSecret: await pulumi.isSecret(thing.password), password: thing.password };
            },
            demoProvider((inputs) => seen.push(inputs)),
        );
        assert.deepEqual(seen, [{ password: "hidden" }]);
        assert.deepEqual(outputs, { isSecret: true, password: "hidden" });
    });

    test("E14: an explicit provider is configured when it is registered, after what it waits for, with secrets as plain values", async () => {
        const configured: [PropertyMap, string[]][] = [];
        const created: string[] = [];
        const provider = demoProvider((inputs) => created.push(String(inputs.name)));
        provider.configure = async (config) => void configured.push([config, [...created]]);
        class Provider extends pulumi.ProviderResource {}
        const { outputs } = await run(async () => {
            const server = new Thing("server", { name: "server" });
            const key = pulumi.secret("hidden");
            const explicit = new Provider("demo", "explicit", { key, made: server.made.apply(String) });
            const inner = new Thing("inner", { name: "inner" }, { provider: explicit });
            return { made: inner.made };
        }, provider);
        assert.deepEqual(outputs, { made: true });
        assert.deepEqual(configured, [[{ key: "hidden", made: "true" }, ["server"]]]);
    });

    test("dependsOn orders the creations", async () => {
        const { events } = await run(async () => {
            const first = new Thing("first", {});
            const second = new Thing("second", {}, { dependsOn: first });
            new Thing("third", { after: second.made });
            return {};
        });
        const created = events.filter((e) => e.kind === "created").map((e) => e.resource.name);
        assert.deepEqual(created, ["first", "second", "third"]);
    });

    test("an onError hook that asks for it gets another try, with the errors so far, newest first", async () => {
        let failures = 2;
        const asked: string[][] = [];
        const { events } = await run(
            async () => {
                const hook = new pulumi.ErrorHook("again", ({ errors, failedOperation }) => {
                    asked.push([failedOperation, ...errors]);
                    return true;
                });
                new Thing("thing", {}, { hooks: { onError: [hook] } });
                return {};
            },
            demoProvider(() => {
                if (failures > 0) throw new Error(`busy ${failures--}`);
            }),
        );
        assert.deepEqual(asked, [
            ["create", "busy 2"],
            ["create", "busy 1", "busy 2"],
        ]);
        assert.deepEqual(
            events.map((e) => e.kind),
            ["creating", "retrying", "retrying", "created"],
        );
    });

    /** In a process of its own: a failed registration also surfaces as unhandled rejections, which the test runner would count. */
    async function failure(name: string): Promise<{ message: string; tried: string[] }> {
        const words = ["--import", "tsx", path.join(__dirname, "failingPrograms.ts"), name];
        const { stdout } = await promisify(execFile)(process.execPath, words);
        return JSON.parse(stdout) as { message: string; tried: string[] };
    }

    test("a hook that declines ends it, and nothing that comes after is started", async () => {
        const { message, tried } = await failure("declined");
        assert.equal(message, "demo:index:Thing 'first': quota exceeded");
        assert.deepEqual(tried, ['{"number":1}']);
    });

    test("a failed check names the property", async () => {
        assert.equal((await failure("check")).message, "demo:index:Thing 'thing': bad: is bad");
    });

    test("an unknown provider is refused by name", async () => {
        assert.match(
            (await failure("unknownProvider")).message,
            /'aws:s3:Bucket': the local Azure has no provider 'aws'; it has demo/,
        );
    });

    test("an error of the program itself is the deployment's", async () => {
        assert.equal((await failure("program")).message, "the program is wrong");
    });
});
