import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PrincipalType, SingleServer, type SingleServerArgs } from "../../components/index";
import { record } from "./recorder";
import { testRefusals, type Case } from "./refusals";
import { GROUP, TENANT } from "./serverArgs";

const CLIENT_ID = "55555555-5555-4555-8555-555555555555";
const DBAS = { objectId: GROUP, principalName: "DBAs", principalType: PrincipalType.Group };

function args(changes: Partial<SingleServerArgs> = {}): SingleServerArgs {
    return {
        existing: true,
        serverName: "pg-old",
        resourceGroupName: "rg",
        tenantId: TENANT,
        administrator: DBAS,
        roles: [
            { name: "sam@contoso.com", principalType: PrincipalType.User },
            { name: "myuser", principalType: PrincipalType.ServicePrincipal, clientId: CLIENT_ID },
        ],
        ...changes,
    };
}

describe("SingleServer", () => {
    test("F23, F36, F40: one administrator, then the roles in the server's dialect; names are USER@SERVER", async () => {
        const { all, one, result, value } = await record(() => new SingleServer("old", args()));
        assert.deepEqual(one("SingleServerServerAdministrator").inputs, {
            resourceGroupName: "rg",
            serverName: "pg-old",
            administratorType: "ActiveDirectory",
            login: "DBAs",
            sid: GROUP,
            tenantId: TENANT,
        });
        const roles = all("azure-postgres-entra:index:DatabasePrincipal");
        assert.deepEqual(
            roles.map((r) => [r.inputs["flavor"], r.inputs["name"], r.inputs["clientId"]]),
            [
                ["SingleServer", "sam@contoso.com", undefined],
                ["SingleServer", "myuser", CLIENT_ID],
            ],
        );
        const administrator = one("SingleServerServerAdministrator").urn;
        for (const role of roles) assert.ok(role.dependencies.includes(administrator));
        assert.equal(await value(result.host), "pg-old.postgres.database.azure.com");
        assert.deepEqual(await value(result.userNames), [
            "DBAs@pg-old",
            "sam@contoso.com@pg-old",
            "myuser@pg-old",
        ]);
    });

    test("F27: without an administrator nothing is made", async () => {
        const { registrations } = await record(
            () => new SingleServer("old", args({ administrator: undefined, roles: [] })),
        );
        assert.deepEqual(
            registrations.filter((r) => r.custom),
            [],
        );
    });

    const cases: Case<SingleServerArgs>[] = [
        [
            "F41: a new server",
            args({ existing: false }),
            "existing",
            /retired.*FlexibleServer.*from-single-server/,
        ],
        [
            "F23, F55: an application as administrator",
            args({ administrator: { ...DBAS, principalType: PrincipalType.ServicePrincipal } }),
            "administrator.principalType",
            /user roles only \(F55\)/,
        ],
        [
            "F25, F27: roles without an administrator",
            args({ administrator: undefined }),
            "administrator",
            /F25/,
        ],
        [
            "F36: an application without its client id",
            args({ roles: [{ name: "myuser", principalType: PrincipalType.ServicePrincipal }] }),
            "roles[0].clientId",
            /az ad sp show/,
        ],
        [
            "two roles of one name",
            args({ roles: [{ name: "DBAs", principalType: PrincipalType.Group }] }),
            "roles[0].name",
            /one name is one role/,
        ],
        ["a wrong server name", args({ serverName: "pg-old.postgres" }), "serverName", /3 to 63/],
    ];
    testRefusals(cases, (given) => new SingleServer("old", given));
});
