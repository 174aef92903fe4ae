import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { parse } from "yaml";
import type { Adoption } from "../../adopt/adoption";
import { mayWrite } from "../../adopt/files";
import { principalSetId } from "../../adopt/judge/importFile";
import { signInAs } from "../../adopt/judge/signInAs";
import { adoptOptions } from "../../adopt/options";
import { stackFileText } from "../../adopt/render/stackFile";
import { adoptionText } from "../../adopt/render/text";
import type { StackValues } from "../../adopt/judge/serverValues";
import { parseSetImportId } from "../../components/provider/importId";

const GIVEN = ["--stack", "prod", "--subscription", "s", "--resource-group", "rg", "--server", "pg"];

describe("the command line", () => {
    test("names what is missing, and takes the subscription from the environment", () => {
        assert.throws(() => adoptOptions([], {}), /say for which stack/);
        assert.throws(
            () => adoptOptions(["--stack", "x"], {}),
            /--subscription is not given.*ARM_SUBSCRIPTION_ID/,
        );
        const { subscription, cloud, graph } = adoptOptions(
            GIVEN.filter((word) => word !== "--subscription" && word !== "s"),
            { ARM_SUBSCRIPTION_ID: "from-environment" },
        );
        assert.deepEqual([subscription, cloud, graph], ["from-environment", "Public", true]);
    });

    test("a server's name is written in small letters, as Azure has it", () => {
        assert.equal(adoptOptions([...GIVEN, "--server", "PG-Contoso"], {}).server, "pg-contoso");
    });

    test("refuses names that would lead elsewhere, unknown clouds and bad addresses", () => {
        for (const [option, value] of [
            ["--server", "pg/../other"],
            ["--server", ".."],
            ["--resource-group", "rg?x"],
            ["--cloud", "Moon"],
            ["--address", "tunnel"],
            ["--as", ""],
        ])
            assert.throws(() => adoptOptions([...GIVEN, option!, value!], {}), new RegExp(option!));
    });
});

describe("the files", () => {
    const file = (context: TestContext, text: string) => {
        const folder = mkdtempSync(path.join(tmpdir(), "adopt-files-"));
        context.after(() => rmSync(folder, { recursive: true }));
        const name = path.join(folder, "Pulumi.prod.yaml");
        writeFileSync(name, text);
        return name;
    };

    test("a stack's file without configuration is filled, and keeps its encryption", (context) => {
        const name = file(context, "encryptionsalt: v1:abc\n");
        const kept = mayWrite("p", name, `${name}.json`, false);
        assert.deepEqual(kept, { top: { encryptionsalt: "v1:abc" }, config: {} });
        const values = { location: "westeurope", server: { name: "pg", version: "17" } } as StackValues;
        const text = stackFileText(
            "p",
            { values },
            { host: "pg.example", readAt: "2026-01-02T03:04:05Z" },
            kept,
        );
        assert.match(text, /^# pg\.example, as it was on 2026-01-02/);
        assert.deepEqual(parse(text), {
            encryptionsalt: "v1:abc",
            config: { "p:location": "westeurope", "p:server": { name: "pg", version: "17" } },
        });
    });

    test("environments of Pulumi ESC stay, and so does whatever else stands beside the configuration", (context) => {
        const values = { location: "westeurope" } as StackValues;
        for (const [force, config] of [
            [false, ""],
            [false, "config: {}\n"],
            [true, "config: { 'p:location': norwayeast }\n"],
        ] as const) {
            const name = file(context, `environment: [azure-prod]\nlater: { key: 1 }\n${config}`);
            const kept = mayWrite("p", name, `${name}.json`, force);
            const head = { host: "pg.example", readAt: "2026-01-02T03:04:05Z" };
            assert.deepEqual(parse(stackFileText("p", { values }, head, kept)), {
                environment: ["azure-prod"],
                later: { key: 1 },
                config: { "p:location": "westeurope" },
            });
        }
    });

    test("texts that YAML 1.1 or Go would read as something else are quoted, as values and as keys", () => {
        const texts = ["2024-05-01", "1_000", "on", "0X1F", "0o17", "1e3", "~", "null", "16"];
        const tags = Object.fromEntries(texts.map((text) => [`is-${text}`, text]));
        const values = {
            server: { name: "pg", tags: { ...tags, on: "x", "1_000": "y" } },
        } as object as StackValues;
        const text = stackFileText("p", { values }, { host: "pg.example", readAt: "2026-01-02T03:04:05Z" });
        for (const one of texts) assert.ok(text.includes(`: "${one}"\n`), `${one} in\n${text}`);
        assert.match(text, /\n +"on": "x"\n +"1_000": "y"\n/);
        assert.match(text, /\n {2}p:server:\n {4}name: "pg"\n/);
    });

    test("a configuration or an import file that is there stays; --force keeps what is not the project's", (context) => {
        const name = file(
            context,
            "encryptionsalt: v1:abc\nconfig: { 'p:b': c, 'azure-native:location': x }\n",
        );
        assert.throws(
            () => mayWrite("p", name, `${name}.json`, false),
            /Pulumi\.prod\.yaml is there already; --force/,
        );
        assert.deepEqual(mayWrite("p", name, `${name}.json`, true), {
            top: { encryptionsalt: "v1:abc" },
            config: { "azure-native:location": "x" },
        });
        assert.throws(() => mayWrite("p", `${name}.other`, name, false), /is there already/);
        assert.throws(() => mayWrite("p", file(context, "{{"), `${name}.json`, false), /is there already/);
    });
});

const same = (text: string) => text;
const PLAIN = { good: same, bad: same, dim: same, bold: same };

test("the commands that come next name the file of the configuration where the CLI would not look for it", () => {
    const adoption: Adoption = {
        ...{ host: "pg.example", signedInAs: "DBA", providers: {}, leftOut: [], notChecked: [] },
        values: { network: { access: "Public" }, server: { name: "pg" } } as object as StackValues,
        importFile: { resources: [] },
    };
    const next = (configFile: string, importFile: string) =>
        adoptionText(adoption, "contoso", { configFile, importFile, written: true }, PLAIN)
            .split("\n")
            .filter((line) => /pulumi (import|preview)/.test(line))
            .map((line) => line.trim());
    assert.deepEqual(next("Pulumi.contoso.yaml", "import.contoso.json"), [
        "pulumi import --stack contoso --file import.contoso.json --generate-code=false",
        "pulumi preview --stack contoso --expect-no-changes",
    ]);
    assert.deepEqual(next("../my stack.yaml", "my import.json"), [
        "pulumi import --stack contoso --file 'my import.json' --generate-code=false --config-file '../my stack.yaml'",
        "pulumi preview --stack contoso --expect-no-changes --config-file '../my stack.yaml'",
    ]);
});

test("the import id of a set names every role, whatever its name", () => {
    const names = [
        "Prod DB Readonly",
        "a,b/c?d#e%",
        "x@y.z",
        "..",
        "b1000000-0000-4000-8000-000000000002",
        "Ärzte",
    ];
    const objectId = (i: number) => `a1000000-0000-4000-8000-00000000000${i}`;
    const principals = Object.fromEntries(names.map((name, i) => [name, { name, objectId: objectId(i) }]));
    const connection = {
        host: "pg.postgres.database.azure.com",
        user: "DB Admins",
        cloud: "Public" as const,
    };
    for (const more of [{}, { address: "127.0.0.1:6432" }]) {
        const { connection: back, roles } = parseSetImportId(
            principalSetId({ ...connection, ...more }, principals),
        );
        assert.deepEqual(back, { ...connection, ...more });
        assert.deepEqual(
            roles,
            // A name that reads as an object id, or as a way up, is named by the object id.
            names.map((name, i) => (i === 3 || i === 4 ? { objectId: objectId(i) } : { name })),
        );
    }
});

describe("who signs in", () => {
    const administrators = [
        { principalName: "ada@x.y", objectId: "A1", principalType: "User" },
        { principalName: "DB Admins", objectId: "b1", principalType: "Group" },
    ];

    test("the administrator that the identity is, or the one that is asked for", () => {
        assert.equal(signInAs(administrators, undefined, "a1"), "ada@x.y");
        assert.equal(signInAs(administrators, "DB Admins", "a1"), "DB Admins");
    });

    test("nobody else, and the group is proposed to who may be in it", () => {
        assert.throws(() => signInAs(administrators, "sam", "a1"), /'ada@x\.y', 'DB Admins'/);
        assert.throws(() => signInAs(administrators, undefined, "c1"), /object id c1.*--as "DB Admins"/);
        assert.throws(
            () => signInAs(administrators.slice(0, 1), undefined, undefined),
            /run this as one of them/,
        );
    });
});
