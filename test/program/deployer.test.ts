import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { warnings } from "../../deployer";
import { parseStackConfig } from "../../stackConfig";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const local = stackYaml("local");
const config = parseStackConfig(PROJECT, local);
const DEPLOYER = "c1000000-0000-4000-8000-000000000001";
const GRACE = "a1000000-0000-4000-8000-000000000002";

describe("E11: who runs Pulumi must be who signs in", () => {
    test("the administrator's own identity: nothing to say", () => {
        assert.deepEqual(warnings(config, "deployer", DEPLOYER), []);
    });

    test("another identity: both ids and the fix, before anything is made", () => {
        const [warning, ...more] = warnings(config, "deployer", GRACE);
        assert.deepEqual(more, []);
        assert.match(
            warning!,
            new RegExp(`'deployer' has the object id ${DEPLOYER}, but Pulumi is run by ${GRACE}`),
        );
        assert.match(warning!, /Add the identity that runs Pulumi to administrators and name it in signInAs/);
    });

    test("an identity that is not known: no guess", () => {
        assert.deepEqual(warnings(config, "deployer", undefined), []);
        assert.deepEqual(warnings(config, "deployer", ""), []);
    });

    test("a group that this deployment makes: tokens may not know the membership yet", () => {
        assert.match(
            warnings(config, "Postgres Admins", DEPLOYER)[0]!,
            /Tokens are cached.*a fresh membership may not count yet/,
        );
    });

    test("a group that is there already: nothing to say", () => {
        const existing = changed(local, {
            adminGroup: { displayName: "DB Admins", existing: true },
            signInAs: "DB Admins",
        });
        assert.deepEqual(warnings(parseStackConfig(PROJECT, existing), "DB Admins", DEPLOYER), []);
    });

    test("an administrator that is a group: its members' ids are not known here", () => {
        const administrators = [{ principalName: "DBA", objectId: GRACE, principalType: "Group" }];
        const grouped = parseStackConfig(PROJECT, changed(local, { administrators, signInAs: "DBA" }));
        assert.deepEqual(warnings(grouped, "DBA", DEPLOYER), []);
    });
});
