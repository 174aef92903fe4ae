import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { AuthMode, type FlexibleServerArgs } from "../../components/index";
import { everything, full, make } from "./fullServer";
import { ADA, admins, argsOfMode, GROUP, serverArgs } from "./serverArgs";

describe("protection", () => {
    const protection = async (args: Partial<FlexibleServerArgs>, opts?: pulumi.ComponentResourceOptions) => {
        const recording = await make({ ...everything, ...args }, opts);
        const { one, all } = recording;
        return [one("Server"), ...all("Database"), ...all("FirewallRule")].map((r) => r.protect);
    };
    test("the server and its databases are protected unless told otherwise", async () => {
        assert.deepEqual(await protection({}), [true, true, true, false, false]);
        assert.deepEqual(await protection({ protect: false }), [false, false, false, false, false]);
        assert.deepEqual(await protection({}, { protect: false }), [false, false, false, false, false]);
        assert.deepEqual(await protection({ protect: true }, { protect: false }), [
            true,
            true,
            true,
            false,
            false,
        ]);
    });

    test("E8: neither the login nor a zone that a failover moved can replace the server", async () => {
        const { one } = await make(argsOfMode(AuthMode.EntraAndPassword));
        const { ignoreChanges } = one("Server");
        for (const name of ["administratorLogin", "availabilityZone"])
            assert.ok(ignoreChanges.includes(name));
    });

    test("what no argument sets stays as an imported server has it; the standby's zone where none is named", async () => {
        const server = async (standbyAvailabilityZone?: string) => {
            const args = { ...argsOfMode(AuthMode.EntraOnly), highAvailability: "ZoneRedundant" };
            return (await make({ ...args, standbyAvailabilityZone })).one("Server");
        };
        const chosen = await server("2");
        const neverSet = chosen.ignoreChanges.filter(
            (name) => !/^administratorLogin|^availabilityZone/.test(name),
        );
        assert.ok(neverSet.includes("storage.autoGrow"));
        for (const ignored of neverSet) {
            const set = ignored.split(".").reduce((value: unknown, key) => {
                return (value as Record<string, unknown> | undefined)?.[key];
            }, chosen.inputs);
            assert.equal(set, undefined, ignored);
        }
        const standby = "highAvailability.standbyAvailabilityZone";
        assert.ok(!chosen.ignoreChanges.includes(standby));
        assert.ok((await server()).ignoreChanges.includes(standby));
    });

    test("a kept password is never sent, and one that is given is not kept", async () => {
        const { administratorPassword, ...args } = argsOfMode(AuthMode.EntraAndPassword);
        const { inputs } = (await make({ ...args, keepAdministratorPassword: true })).one("Server");
        assert.ok(!("administratorLoginPassword" in inputs));
        assert.equal(inputs.administratorLogin, args.administratorLogin);
        for (const wrong of [
            { ...args, administratorPassword, keepAdministratorPassword: true },
            { ...argsOfMode(AuthMode.EntraOnly), keepAdministratorPassword: true },
        ])
            await assert.rejects(make(wrong), /keepAdministratorPassword/);
    });

    test("E8, F6: login, mode and administrators are watched in previews, on the server and on the component", async () => {
        const { one, recorder } = await make(argsOfMode(AuthMode.EntraAndPassword));
        const hooks = [...one("Server").beforeUpdate, ...one("FlexibleServer").beforeUpdate];
        assert.deepEqual(
            hooks,
            ["server-login", "server-mode", "login", "administrators"].map(
                (h) => `azure-postgres-entra:${h}:pg`,
            ),
        );
        for (const name of hooks) assert.equal(recorder.hooks.find((h) => h.name === name)?.onDryRun, true);
        const { inputs } = one("FlexibleServer");
        assert.deepEqual(inputs, {
            serverName: "pg-test",
            authMode: "EntraAndPassword",
            administratorLogin: "pgadmin",
            administrators: serverArgs().administrators!.map(({ principalName, objectId }) => ({
                principalName,
                objectId,
            })),
            databases: [],
        });
    });
});

describe("outputs", () => {
    test("host, id, names, the administrators' roles and the databases", async () => {
        const { result, value } = await full();
        assert.equal(await value(result.serverId), "/azure/pg-server");
        assert.equal(await value(result.serverName), "pg-test");
        assert.equal(await value(result.host), "pg-test.postgres.database.azure.com");
        assert.deepEqual(await value(result.administrators), [
            "deployer",
            "ada@contoso.com",
            "Postgres Admins",
        ]);
        assert.deepEqual(await value(result.databases), ["orders", "billing"]);
    });

    test("F71: whatever uses the databases' names waits for the databases and so for the administrators", async () => {
        const { result, all } = await full();
        const waits = await dependenciesOf(result.databases);
        assert.deepEqual(waits, new Set(all("Database").map((r) => r.urn)));
    });
});

async function dependenciesOf(output: pulumi.Output<unknown>): Promise<Set<string>> {
    const internal = output as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const resources = await internal.allResources();
    const urns = [...resources].map((r) => new Promise<string>((resolve) => void r.urn.apply(resolve)));
    return new Set(await Promise.all(urns));
}

describe("administrators that are known only later", () => {
    const later = (value: string) => pulumi.output(Promise.resolve(value));
    test("the name keys an administrator whose object id is an output; a key of its own where both are", async () => {
        const { all } = await make(
            serverArgs({
                administrators: [
                    { ...admins, objectId: later(GROUP) },
                    {
                        objectId: later(ADA),
                        principalName: later("ada@contoso.com"),
                        principalType: "User",
                        key: "ada",
                    },
                ],
            }),
        );
        assert.deepEqual(
            all("AdministratorsMicrosoftEntra").map((r) => [r.name, r.inputs["objectId"]]),
            [
                ["pg-administrator-Postgres Admins", GROUP],
                ["pg-administrator-ada", ADA],
            ],
        );
    });
});
