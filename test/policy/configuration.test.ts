import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configured } from "../../policy/configuration";
import { RULES } from "../../policy/rules/index";
import { InputRecord } from "../../policy/inputRecord";
import { findViolations } from "../../policy/violations";

const levelOf = (configuration: Record<string, unknown>, name: string) =>
    configured(RULES, configuration).find(({ rule }) => rule.name === name)!.level;

describe("the policy configuration of an environment", () => {
    test("makes a rule advisory, mandatory or disabled, by itself or all at once", () => {
        assert.equal(levelOf({}, "tls-required"), "mandatory");
        for (const level of ["advisory", "mandatory", "disabled"]) {
            assert.equal(levelOf({ "tls-required": level }, "tls-required"), level);
            assert.equal(levelOf({ "tls-required": { enforcementLevel: level } }, "tls-required"), level);
            assert.equal(levelOf({ all: level }, "tls-required"), level);
        }
        assert.equal(levelOf({ all: "disabled", "tls-required": "advisory" }, "tls-required"), "advisory");
    });

    test("remember-inputs, which the CLI needs where all is off, is no mistake; without it nothing is judged", () => {
        assert.equal(levelOf({ all: "disabled", "remember-inputs": "advisory" }, "tls-required"), "disabled");
        const server = { urn: "urn", type: "t", name: "n", props: { a: 1 }, propertyDependencies: {} };
        const record = new InputRecord();
        assert.deepEqual(record.resources({ resources: [] }), []);
        assert.throws(
            () => record.resources({ resources: [server] }),
            /Add "remember-inputs": "advisory" to the policy configuration/,
        );
        record.add("another", {});
        assert.deepEqual(record.resources({ resources: [server] })[0]!.inputs, { a: 1 });
    });

    test("a rule that is off is not run, an advisory one is", () => {
        const rule = {
            name: "always",
            description: "Never kept.",
            level: "mandatory" as const,
            find: () => [{ urn: "urn", message: "wrong" }],
        };
        const run = (level: string) => findViolations(configured([rule], { always: level }), []).violations;
        assert.deepEqual(run("disabled"), []);
        assert.deepEqual(run("advisory"), [
            { rule: "always", level: "advisory", urn: "urn", message: "wrong" },
        ]);
    });

    test("names every mistake, with what there is", () => {
        assert.throws(
            () =>
                configured(RULES, {
                    "tls-require": "mandatory",
                    "tls-required": "off",
                    "no-open-firewall": { maximumAddresses: 0, allow: true },
                    "no-password-only-server": { allowed: "pg" },
                }),
            (error: Error) => {
                for (const part of [
                    /'tls-require' is no rule; there are: no-password-only-server, /,
                    /'tls-required' is 'off'; allowed are advisory, mandatory, disabled/,
                    /'no-open-firewall\.maximumAddresses' is 0; it must be of the type integer/,
                    /'no-open-firewall' has no setting 'allow'; it has: maximumAddresses, allowAzureServices/,
                    /'no-password-only-server\.allowed' is "pg"; it must be of the type array of strings/,
                ])
                    assert.match(error.message, part);
                return true;
            },
        );
    });
});

describe("what the engine hands to the pack", () => {
    test("inputs as they were registered, unknown values marked as in a plan", () => {
        const record = new InputRecord();
        const behind = { serverName: "pg", id: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", list: ["x"] };
        record.add("urn:a", { __getSpecialProxyTarget: behind });
        const [a, b] = record.resources({
            resources: [
                { urn: "urn:a", type: "t", name: "a", props: { name: "output" }, propertyDependencies: {} },
                {
                    urn: "urn:b",
                    type: "t",
                    name: "b",
                    props: { name: "output" },
                    propertyDependencies: { network: [{ urn: "urn:a" }] },
                },
            ],
        });
        assert.deepEqual(a!.inputs, { serverName: "pg", id: "[unknown]", list: ["x"] });
        assert.deepEqual(b!.inputs, { name: "output" });
        assert.deepEqual(b!.propertyDependencies, { network: ["urn:a"] });
    });
});
