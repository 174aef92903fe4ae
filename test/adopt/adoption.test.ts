import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { adopt, type AdoptionRequest } from "../../adopt/adoption";
import { useEnvironment } from "../../emulator/endpoint/environment";
import { LOCAL_SUBSCRIPTION_ID, LocalAzure } from "../../emulator/localAzure";
import {
    asDeployer,
    makeServerByHand,
    PRINCIPALS,
    RESOURCE_GROUP,
    SERVER,
    SERVER_ID,
} from "./handMadeServer";

/** Against the local Azure's HTTPS side and a real PostgreSQL, in this process. */
describe("the adoption of a server", { concurrency: 1 }, () => {
    let azure: LocalAzure;
    let environment: NodeJS.ProcessEnv;
    const adopted = (changes: Partial<AdoptionRequest> = {}) =>
        adopt({
            ...{ project: "passwordless-postgres", stack: "local", cloud: "Local", environment },
            ...{ subscription: LOCAL_SUBSCRIPTION_ID, resourceGroup: RESOURCE_GROUP, server: SERVER },
            ...changes,
        });

    before(async () => {
        azure = await LocalAzure.start();
        await makeServerByHand(azure);
        environment = { ...process.env, ...azure.environment() };
        // Azure's own library looks in the process's environment alone.
        useEnvironment(azure.environment());
    });
    after(() => azure?.stop());

    test("F64: principals of both label layouts, with what they are members of", async () => {
        const { values, importFile, signedInAs } = await adopted();
        const principals = values.principals!;
        assert.deepEqual(
            principals.map(({ name }) => name),
            PRINCIPALS,
        );
        const byName = Object.fromEntries(principals.map((p) => [p.name, p]));
        assert.equal(byName["Prod DB Readonly"]!.principalType, "Group");
        assert.deepEqual(byName["reporting-job"]!.memberOf, ["Prod DB Readonly"]);
        assert.deepEqual(
            principals.filter((p) => p.isAdmin).map(({ name }) => name),
            ["ada@contoso.onmicrosoft.com"],
        );
        assert.deepEqual(
            principals.filter((p) => p.requireMfa).map(({ name }) => name),
            ["grace@contoso.onmicrosoft.com"],
        );
        assert.equal(signedInAs, "deployer");
        assert.equal(importFile.resources[0]!.component, true);
        assert.ok(importFile.resources.every(({ component, id }) => component || id));
    });

    test("profiles as the project makes them are told from those that are not", async () => {
        const profile = async (database: string) =>
            (await adopted({ graph: false })).leftOut.find((l) => l.kind === "profile" && l.name === database)
                ?.text;
        assert.match(
            (await profile("orders"))!,
            /not the project's profiles: there is no role 'orders_readwrite'/,
        );
        assert.equal(await profile("billing"), undefined);
        await asDeployer(azure, "postgres", PROFILE_ROLES);
        await asDeployer(azure, "billing", PROFILE_GRANTS);
        assert.match((await profile("billing"))!, /may do exactly what the project's profiles give/);
        await asDeployer(azure, "billing", ["grant create on schema public to billing_readonly"]);
        assert.match(
            (await profile("billing"))!,
            /not the project's profiles: 'billing_readonly' has CREATE on/,
        );
    });

    test("no such server, group or subscription", async () => {
        await assert.rejects(
            adopted({ server: "pg-nope" }),
            /no server 'pg-nope' of the resource group 'rg-by-hand'.*ResourceNotFound/,
        );
        await assert.rejects(adopted({ resourceGroup: "rg-nope" }), /no server .*rg-nope/);
    });

    test("throttled reads are repeated", async () => {
        azure.faults.add({ kind: "Throttled", target: "resource-reads", milliseconds: 10 });
        assert.equal((await adopted({ graph: false })).signedInAs, "deployer");
    });

    test("F6: a server without Microsoft Entra authentication", async () => {
        const id = SERVER_ID.replace(SERVER, "pg-passwords");
        await azure.api.put(id, {
            ...{ location: "westeurope", version: "17", sku: { name: "Standard_B2s", tier: "Burstable" } },
            authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" },
            ...{ administratorLogin: "pgadmin", administratorLoginPassword: "By-Hand-Password-1" },
            network: { publicNetworkAccess: "Enabled" },
        });
        await assert.rejects(
            adopted({ server: "pg-passwords" }),
            /'pg-passwords' cannot be adopted.*authentication is off/s,
        );
    });
});

const PROFILE_ROLES = ["readonly", "readwrite", "owner"].map((profile) => `create role billing_${profile}`);

/** By hand, what the project's DatabaseAccess grants in the database `billing`. */
const PROFILE_GRANTS = [
    "revoke all on database billing from public",
    "grant connect on database billing to billing_readonly",
    "grant connect, temporary on database billing to billing_readwrite",
    "grant connect, temporary, create on database billing to billing_owner",
    "grant usage on schema public to billing_readonly, billing_readwrite",
    "grant usage, create on schema public to billing_owner",
    "grant billing_owner to deployer",
    ...["readonly", "readwrite"].flatMap((profile) => {
        const later = (what: string) =>
            `alter default privileges for role billing_owner grant ${what} to billing_${profile}`;
        const tables = profile === "readonly" ? "select" : "select, insert, update, delete";
        const sequences = profile === "readonly" ? "select" : "usage, select";
        return [
            later("usage on schemas"),
            later(`${tables} on tables`),
            later(`${sequences} on sequences`),
            later("execute on functions"),
        ];
    }),
    "alter default privileges for role billing_owner revoke execute on functions from public",
];
