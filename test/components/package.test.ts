import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import * as components from "../../components/index";

const FOLDER = path.join(__dirname, "..", "..", "components");
const COMPONENTS = ["FlexibleServer", "EntraAdminGroup", "EntraNetwork"];

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

    test("B2: Pulumi's analyzer can describe every component to other languages", () => {
        const manifest = { name: "azure-postgres-entra", main: "index.ts" };
        const analyzer = new Analyzer(FOLDER, manifest.name, manifest, new Set(COMPONENTS));
        const { components: found, typeDefinitions } = analyzer.analyze();
        assert.deepEqual(Object.keys(found).sort(), [...COMPONENTS].sort());
        assert.doesNotMatch(JSON.stringify([found, typeDefinitions]), /pulumi\.json#\/Any/);
        for (const { name, inputs, outputs } of Object.values(found))
            for (const [property, { description }] of Object.entries({ ...inputs, ...outputs }))
                assert.ok(
                    description && description !== "[object Object]",
                    `${name}.${property} has no description`,
                );
    });

    test("components extend ComponentResource directly and have no fields but outputs", () => {
        for (const name of COMPONENTS) {
            const component = components[name as "FlexibleServer"];
            assert.equal(Object.getPrototypeOf(component), pulumi.ComponentResource, name);
        }
    });
});
