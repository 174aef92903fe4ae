import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { parseStackConfig, signInRole } from "../../stackConfig";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const local = stackYaml("local");
const server = JSON.parse(local[`${PROJECT}:server`]!);
const principals = JSON.parse(local[`${PROJECT}:principals`]!);

describe("the checked-in stacks", () => {
    test("local: a private server, two administrators, an admin group, three databases, six principals", () => {
        const config = parseStackConfig(PROJECT, local);
        assert.equal(config.network.access, "Private");
        assert.equal(config.administrators.length, 2);
        assert.equal(config.adminGroup?.displayName, "Postgres Admins");
        assert.equal(config.databases.length, 3);
        assert.equal(config.principals.length, 6);
        assert.equal(signInRole(config), "deployer");
    });

    test("dev: public access, two firewall rules, both authentication methods; the password is asked for", () => {
        const dev = stackYaml("dev");
        assert.throws(
            () => parseStackConfig(PROJECT, dev, { allowPlaceholders: true }),
            /administratorPassword: not given; authMode EntraAndPassword needs it: pulumi config set --secret/,
        );
        const config = parseStackConfig(PROJECT, changed(dev, { administratorPassword: "x" }), {
            allowPlaceholders: true,
        });
        assert.equal(config.network.access, "Public");
        assert.equal(config.network.access === "Public" && config.network.firewallRules.length, 2);
        assert.equal(config.server.authMode, "EntraAndPassword");
        assert.equal(config.server.protect, true);
    });

    test("prod: private network, Entra only, zone-redundant, protected", () => {
        const config = parseStackConfig(PROJECT, stackYaml("prod"), { allowPlaceholders: true });
        assert.equal(config.network.access, "Private");
        assert.equal(config.server.authMode, "EntraOnly");
        assert.equal(config.server.highAvailability, "ZoneRedundant");
        assert.equal(config.server.protect, true);
    });

    test("only the stack local has a salt: its passphrase is public, that of the others is the user's own", () => {
        const salted = ["local", "dev", "prod"].filter((stack) =>
            readFileSync(path.join(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8").includes(
                "encryptionsalt",
            ),
        );
        assert.deepEqual(salted, ["local"]);
    });

    test("placeholder ids are refused before anything is made, each by its key", () => {
        assert.throws(
            () => parseStackConfig(PROJECT, stackYaml("prod")),
            (error: Error) => {
                assert.match(
                    error.message,
                    /:administrators\[0\]\.objectId: given "00000000-0000-0000-0000-000000000001", a placeholder/,
                );
                assert.match(error.message, /:principals\[1\]\.objectId/);
                return true;
            },
        );
    });
});

describe("a mistake names the key, what was given and what is allowed", () => {
    const cases: [string, Record<string, unknown>, RegExp][] = [
        [
            "an unknown key",
            { databeses: [] },
            /passwordless-postgres:databeses: unknown key; allowed here: cloud, location,/,
        ],
        [
            "an unknown key inside",
            { server: { ...server, storageGB: 64 } },
            /passwordless-postgres:server\.storageGB: unknown key; allowed here: name, version,/,
        ],
        [
            "an unknown key in a list",
            { principals: [{ ...principals[0], objectid: "x" }] },
            /passwordless-postgres:principals\[0\]\.objectid: unknown key; allowed here: name, principalType, objectId/,
        ],
        [
            "a missing key",
            { location: undefined },
            /passwordless-postgres:location: not given; expected string/,
        ],
        [
            "a wrong word",
            { server: { ...server, authMode: "Entra" } },
            /server\.authMode: given "Entra"; allowed: EntraOnly, EntraAndPassword, PasswordOnly/,
        ],
        [
            "a number out of range",
            { server: { ...server, backupRetentionDays: 3 } },
            /server\.backupRetentionDays: given 3; .*>=7/,
        ],
        ["a text for an object", { resourceGroup: "rg" }, /resourceGroup: given "rg"; expected object/],
        [
            "an object id that is no GUID",
            { principals: [{ ...principals[0], objectId: "kim" }] },
            /principals\[0\]\.objectId: given "kim"; an object id is a GUID/,
        ],
        [
            "an unknown network form",
            { network: { access: "Publik" } },
            /network\.access: given "Publik"; allowed: Public, Private/,
        ],
        [
            "own and existing network at once",
            { network: { access: "Private", own: {}, existing: { subnetId: "s", privateDnsZoneId: "z" } } },
            /network: given .*either `own`/,
        ],
        [
            "firewall rules on a private server",
            { network: { access: "Private", own: {}, firewallRules: [] } },
            /network\.firewallRules: unknown key; a delegated subnet excludes public access.*; allowed here: access, own, existing, firewallPolicy/,
        ],
        [
            "a sign-in role that is no administrator",
            { signInAs: "kim" },
            /signInAs: given "kim"; it must be one of the administrators: deployer, grace@contoso\.onmicrosoft\.com, Postgres Admins/,
        ],
        [
            "no sign-in role among several",
            { signInAs: undefined },
            /signInAs: not given; say which administrator makes the principals/,
        ],
        [
            "access to a database that the stack does not have",
            { principals: [{ ...principals[0], access: { ordrs: "readonly" } }] },
            /principals\[0\]\.access\.ordrs: there is no such database; allowed: orders, billing, analytics/,
        ],
        [
            "a profile that the database does not have",
            { principals: [{ ...principals[0], access: { billing: "reader" } }] },
            /principals\[0\]\.access\.billing: given "reader"; allowed: readonly, readwrite, owner, auditor/,
        ],
        [
            "a profile of another database",
            { principals: [{ ...principals[0], access: { orders: "auditor" } }] },
            /principals\[0\]\.access\.orders: given "auditor"; allowed: readonly, readwrite, owner$/,
        ],
        [
            "an unknown key in a profile",
            {
                databases: [
                    { name: "orders", profiles: { auditor: [{ schema: "public", table: ["SELECT"] }] } },
                ],
            },
            /databases\[0\]\.profiles\.auditor\[0\]\.table: unknown key; allowed here: schema, usage, tables/,
        ],
        [
            "a port that is none",
            { hostAddresses: { "pg.postgres.database.azure.com": "127.0.0.1:99999" } },
            /an address is host:port with a port from 1 to 65535/,
        ],
        [
            "no network at all",
            { network: undefined },
            /passwordless-postgres:network: not given; expected object$/m,
        ],
        [
            "an address without a port",
            { hostAddresses: { "pg.postgres.database.azure.com": "localhost" } },
            /hostAddresses.*given "localhost"; an address is host:port/,
        ],
    ];
    for (const [title, changes, message] of cases) {
        test(title, () => assert.throws(() => parseStackConfig(PROJECT, changed(local, changes)), message));
    }

    test("all mistakes are told at once", () => {
        const bad = changed(local, { location: undefined, signin: "x", cloud: "Mars" });
        assert.throws(() => parseStackConfig(PROJECT, bad), /has 3 mistakes/);
    });

    test("keys of other namespaces are not ours to judge", () => {
        parseStackConfig(PROJECT, { ...local, "azure-native:location": "westeurope" });
    });

    test("a password never appears in a message", () => {
        const bad = { ...local, [`${PROJECT}:administratorPassword`]: "", [`${PROJECT}:cloud`]: "Mars" };
        assert.throws(() => parseStackConfig(PROJECT, bad), /administratorPassword: given \[secret\]/);
    });
});
