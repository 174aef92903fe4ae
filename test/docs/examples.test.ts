import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { version } from "../../components/package.json";
import { section } from "../../packaging/referencePage";
import { codeBlocks, localLinks, readMarkdown, ROOT } from "./markdown";

const FOLDER = path.join(ROOT, "examples");
const folders = readdirSync(FOLDER).filter((name) => existsSync(path.join(FOLDER, name, "README.md")));
/** Those that are Pulumi projects; test/cli/examples.test.ts runs them. */
const projects = folders.filter((name) => existsSync(path.join(FOLDER, name, "Pulumi.yaml")));
const readme = (name: string) => readMarkdown(path.join("examples", name, "README.md"));

const HEADINGS = [
    "What it makes",
    "Install",
    "Run it on the local Azure",
    "Run it on Azure",
    "Sign in",
    "Take it away",
];

/** Of the local Azure alone: on Azure their defaults are right. */
const LOCAL_SETTINGS = ["cloud", "protect"];

describe("the examples", () => {
    test("the index leads to each", () => {
        const index = localLinks(readMarkdown("examples/README.md"));
        for (const name of folders) assert.ok(index.includes(`${name}/README.md`), name);
        assert.ok(projects.length >= 6);
    });

    test("the TypeScript one takes the version of the package that is here", () => {
        const file = path.join(FOLDER, "typescript", "package.json");
        const { dependencies } = JSON.parse(readFileSync(file, "utf8")) as {
            dependencies: Record<string, string>;
        };
        assert.equal(dependencies["azure-postgres-entra"], `^${version}`);
    });

    for (const name of projects) {
        test(`${name}: the README says the same things in the same order as the others`, () => {
            const headings = [...readme(name).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
            assert.deepEqual(headings, HEADINGS);
        });

        test(`${name}: the README's configuration for Azure names every setting of the local stack`, () => {
            const [onAzure] = codeBlocks(section(readme(name), "Run it on Azure"), "yaml");
            const local = readFileSync(path.join(FOLDER, name, "Pulumi.local.yaml"), "utf8");
            const expected = settings(local).filter((setting) => !LOCAL_SETTINGS.includes(setting));
            assert.deepEqual(settings(onAzure!).sort(), expected.sort());
        });
    }
});

/** The keys of a stack's configuration, without their project. */
function settings(stackFile: string): string[] {
    const { config } = parse(stackFile) as { config: Record<string, unknown> };
    return Object.keys(config).map((key) => key.slice(key.indexOf(":") + 1));
}
