import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { PropertyMap } from "../../components/provider/resourceProvider";

import { ADA, armError, GROUP, PASSWORD_MODE, ROBOT, rule, TestAzure } from "./support";

let azure: TestAzure;
beforeEach(async () => {
    azure = new TestAzure();
    await azure.group();
});

describe("Microsoft Entra administrators", () => {
    test("F2, F5: a user, a group and a service principal, each under its own name", async () => {
        await azure.server();
        await azure.administrator();
        await azure.administrator({
            objectId: GROUP,
            principalName: "Prod DB Admins",
            principalType: "Group",
        });
        const { id } = await azure.administrator({
            objectId: ROBOT,
            principalName: "deployer",
            principalType: "ServicePrincipal",
        });
        assert.ok(id.endsWith(`/flexibleServers/pg-test/administrators/${ROBOT}`));
        assert.deepEqual(azure.engine.calls.slice(1), [
            `pg-test: administrator ada@example.com ${ADA} User`,
            `pg-test: administrator Prod DB Admins ${GROUP} Group`,
            `pg-test: administrator deployer ${ROBOT} ServicePrincipal`,
        ]);
        await azure.api.delete(id);
        assert.equal(azure.engine.calls.at(-1), `pg-test: no administrator ${ROBOT}`);
    });

    const wrong: [string, PropertyMap, string, RegExp][] = [
        [
            "E6: the casing of the SDK's enum",
            { principalType: "user" },
            "InvalidParameterValue",
            /principalType/,
        ],
        ["an object id that is no GUID", { objectId: "ada" }, "InvalidParameterValue", /GUID/],
        [
            "an identity that is not in the tenant",
            { objectId: ADA.replace("ada", "bad") },
            "AadAuthPrincipalCreationFailed",
            /Could not validate AAD user bad.* because its name is not found in the tenant/,
        ],
        [
            "F18: a name in another letter case",
            { principalName: "Ada@example.com" },
            "AadAuthPrincipalCreationFailed",
            /is not found in the tenant.*'ada@example.com'/,
        ],
        [
            "the display name of a user",
            { principalName: "Ada Lovelace" },
            "AadAuthPrincipalCreationFailed",
            /not found in the tenant/,
        ],
        [
            "another type than the identity has",
            { principalType: "Group" },
            "AadAuthPrincipalCreationFailed",
            /incorrect object type.*actual 'User'/,
        ],
        ["another tenant", { tenantId: ADA }, "InvalidParameterValue", /tenantId/],
        [
            "F78: a name of 64 bytes",
            { principalName: "é".repeat(32) },
            "InvalidParameterValue",
            /63 UTF-8 bytes/,
        ],
        [
            "trap 2: no name",
            { principalName: undefined },
            "InvalidParameterValue",
            /'principalName' is missing/,
        ],
        ["trap 2: no tenant", { tenantId: undefined }, "InvalidParameterValue", /'tenantId' is missing/],
        ["no type", { principalType: undefined }, "InvalidParameterValue", /'principalType' is missing/],
    ];
    for (const [title, inputs, code, text] of wrong) {
        test(`${title} is refused`, async () => {
            await azure.server();
            await assert.rejects(azure.administrator(inputs), armError(code, text));
            assert.equal(azure.engine.calls.length, 1);
        });
    }

    test("F3: none before the server exists; none where Microsoft Entra sign-in is off", async () => {
        await assert.rejects(azure.administrator(), armError("ParentResourceNotFound", /pg-test/));
        await azure.server(PASSWORD_MODE);
        await assert.rejects(azure.administrator(), armError("AadAuthNotEnabled"));
    });

    test("the same again changes nothing; another name or type cannot be (ARO-HCP#5833)", async () => {
        await azure.server();
        await azure.administrator();
        await azure.administrator();
        assert.equal(azure.engine.calls.length, 2);
        azure.directory.update(ADA, { userPrincipalName: "ada.king@example.com" });
        await assert.rejects(
            azure.administrator({ principalName: "ada.king@example.com" }),
            armError("AadAuthPrincipalUpdateNotSupported", /Drop and recreate/),
        );
    });

    test("F8, F10, F11: a private server that cannot ask Microsoft Entra ID takes none", async () => {
        const nsg = await azure.nsg([rule("deny", 100, { access: "Deny" })]);
        await azure.privateServer({ networkSecurityGroup: { id: nsg.id } });
        await assert.rejects(
            azure.administrator(),
            armError("AadAuthPrincipalCreationFailed", /not found in the tenant.*'deny'.*F10/),
        );
        await azure.nsg([]);
        await azure.administrator();
    });

    test("the engine's refusal comes with its code", async () => {
        await azure.server();
        const text = 'Failed. Reason - 42710: role "ada@example.com" already exists';
        azure.engine.failure = Object.assign(new Error(text), {
            code: "AadAuthPrincipalCreationFailed",
            statusCode: 400,
        });
        await assert.rejects(azure.administrator(), armError("AadAuthPrincipalCreationFailed", /42710/));
        assert.deepEqual(azure.api.list("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra"), []);
    });
});
