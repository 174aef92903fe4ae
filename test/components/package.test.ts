import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/index";
import { componentNames } from "../../packaging/componentSchema";

const FOLDER = path.join(__dirname, "..", "..", "components");

describe("the package", () => {
    test("importing it starts no plugin: the process ends by itself and prints nothing", async () => {
        const load = `require(${JSON.stringify(path.join(FOLDER, "index.ts"))})`;
        const { stdout, stderr } = await promisify(execFile)(
            process.execPath,
            ["--import", "tsx", "--eval", load],
            {
                cwd: path.join(FOLDER, ".."),
            },
        );
        assert.deepEqual([stdout, stderr], ["", ""]);
    });

    test("components extend ComponentResource directly and have no fields but outputs", () => {
        for (const name of componentNames()) {
            const component = components[name as "FlexibleServer"];
            assert.equal(Object.getPrototypeOf(component), pulumi.ComponentResource, name);
        }
    });

    test("every component looks its former names up: a rename must never replace a server", () => {
        const sources = readdirSync(FOLDER)
            .filter((file) => file.endsWith(".ts"))
            .map((file) => readFileSync(path.join(FOLDER, file), "utf8"));
        for (const name of componentNames())
            assert.ok(
                sources.some((source) => source.includes(`withFormerNames("${name}", name`)),
                `${name} does not pass its options through withFormerNames`,
            );
    });
});
