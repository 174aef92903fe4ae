import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { workflowFiles } from "../../checks/workflowFiles";
import { settingsIn } from "../../checks/workflowRules";

const page = readFileSync(path.join(__dirname, "..", "..", "docs", "environments.md"), "utf8");
const workflows = workflowFiles().filter(({ isWorkflow }) => isWorkflow);

describe("docs/environments.md", () => {
    /** The first column of the tables of the section on variables. */
    const documented = [
        ...page
            .split(/^## /m)
            .find((part) => part.startsWith("5. The variables"))!
            .matchAll(/^\| `([A-Z0-9_]+)`/gm),
    ]
        .map(([, name]) => name!)
        .sort();

    test("each variable and secret of the workflows is documented, and no other", () => {
        const used = [...new Set(workflows.flatMap(({ text }) => settingsIn(text)))].sort();
        assert.deepEqual(documented, used);
        assert.ok(used.length >= 10, used.join());
    });

    test("it says which are secrets", () => {
        const secrets = workflows.flatMap(({ text }) =>
            [...text.matchAll(/secrets\.([A-Z_]+)/g)].map(([, name]) => name!),
        );
        for (const name of documented) {
            const kind = new RegExp(`^\\| \`${name}\` +\\| (\\w+) `, "m").exec(page)![1];
            assert.equal(kind === "secret", secrets.includes(name), name);
        }
    });

    test("each workflow is described, and each environment that a job asks for", () => {
        for (const { file } of workflows) assert.ok(page.includes(`\`${path.basename(file)}\``), file);
        const asked = workflows.flatMap(({ text }) =>
            [...text.matchAll(/environment: \$\{\{ matrix\.stack \}\}(\S*)/g)].map(([, end]) => `prod${end}`),
        );
        assert.deepEqual(asked.sort(), ["prod", "prod-drift", "prod-preview"]);
        for (const environment of asked) {
            assert.match(page, new RegExp(`^\\| \`${environment}\` `, "m"), environment);
            assert.match(page, new RegExp(`^federate postgres-\\w+ ${environment}$`, "m"), environment);
        }
    });

    test("F15, F54: PGPASSWORD, where the provider's own token does not fit, is no argument of a process", () => {
        assert.match(page, /PGPASSWORD=\$token" >> "\$GITHUB_ENV"/);
        assert.doesNotMatch(page, /--federated-token "?\$\(/);
        assert.match(page, /left-over `PGPASSWORD`[\s\S]*\(F54\)/);
    });
});

test("settings are found wherever they stand in an expression, and each once", () => {
    const text =
        "a: ${{ vars.B_1 || secrets.A }}\nb: ${{ fromJSON(vars.B_1)[0] }}\nc: $vars.C envvars.D vars.lower";
    assert.deepEqual(settingsIn(text), ["A", "B_1", "C"]);
});
