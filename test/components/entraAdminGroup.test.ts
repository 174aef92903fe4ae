import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EntraAdminGroup, FlexibleServer, type EntraAdminGroupArgs } from "../../components/index";
import { record, type RecorderOptions } from "./recorder";
import { ADA, DEPLOYER, GROUP, serverArgs } from "./serverArgs";

const make = (args: EntraAdminGroupArgs, options?: RecorderOptions) =>
    record(() => new EntraAdminGroup("admins", args), options);

const LOOK_UP = "azuread:index/getGroup:getGroup";
const found = { displayName: "Postgres Admins", objectId: GROUP, id: GROUP };

describe("EntraAdminGroup", () => {
    test("F24: makes a security group whose name nobody else has", async () => {
        const create = { displayName: "Postgres Admins", owners: [DEPLOYER], members: [ADA] };
        const { one, result, value } = await make({ create });
        const { inputs, name, parent } = one("Group");
        assert.equal(name, "admins-group");
        assert.equal(parent, one("EntraAdminGroup").urn);
        assert.deepEqual(inputs, {
            displayName: "Postgres Admins",
            description: "Administrators of PostgreSQL servers; the name is their role's name.",
            securityEnabled: true,
            preventDuplicateNames: true,
            owners: [DEPLOYER],
            members: [ADA],
        });
        assert.equal(await value(result.displayName), "Postgres Admins");
        assert.equal(await value(result.objectId), "99999999-9999-4999-8999-999999999999");
        assert.equal(await value(result.principalType), "Group");
    });

    const lookUps: [string, EntraAdminGroupArgs["existing"]][] = [
        ["name", { displayName: "Postgres Admins" }],
        ["object id", { objectId: GROUP }],
    ];
    for (const [by, existing] of lookUps)
        test(`looks one up by its ${by}, and makes nothing`, async () => {
            const { result, value, recorder, all } = await make(
                { existing },
                { calls: { [LOOK_UP]: () => found } },
            );
            assert.deepEqual(
                [await value(result.displayName), await value(result.objectId)],
                ["Postgres Admins", GROUP],
            );
            assert.deepEqual(recorder.calls, [
                { token: LOOK_UP, inputs: { ...existing, securityEnabled: true } },
            ]);
            assert.deepEqual(all("Group"), []);
        });

    test("E6: its outputs are an administrator of a server", async () => {
        const { one } = await record(() => {
            const group = new EntraAdminGroup("admins", { create: { displayName: "Postgres Admins" } });
            const { objectId, displayName: principalName, principalType } = group;
            const administrators = [{ objectId, principalName, principalType, key: "admins" }];
            return new FlexibleServer("pg", serverArgs({ administrators }));
        });
        const { name, inputs } = one("AdministratorsMicrosoftEntra");
        assert.equal(name, "pg-administrator-admins");
        assert.equal(inputs["principalType"], "Group");
        assert.equal(inputs["principalName"], "Postgres Admins");
    });
});
