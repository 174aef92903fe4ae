import { describe, test } from "node:test";
import assert from "node:assert/strict";
import {
    checkProfileRoles,
    Cloud,
    DatabaseAccess,
    PROFILES,
    type DatabaseAccessArgs,
} from "../../components/index";
import { checkDatabaseAccess } from "../../components/databaseAccessChecks";
import { refused, testRefusals } from "./refusals";

const ARGS: DatabaseAccessArgs = {
    host: "pg-a.postgres.database.azure.com",
    user: "deployer",
    tenantId: "10000000-0000-4000-8000-000000000001",
    database: "orders",
};
const profile = (privileges: object, name = "auditor") => ({
    ...ARGS,
    profiles: [{ name, privileges: [{ schema: "public", ...privileges }] }],
});

describe("DatabaseAccess refuses before it registers anything", () => {
    testRefusals<DatabaseAccessArgs>(
        [
            [
                "F78: a derived name over 63 bytes",
                { ...ARGS, database: "d".repeat(54) },
                "database",
                /_readwrite'.*63 bytes.*has 64.*by 1 bytes/,
            ],
            [
                "a derived name that is reserved",
                { ...ARGS, database: "azure_reports" },
                "database",
                /azure_reports_readonly/,
            ],
            [
                "a database of the service",
                { ...ARGS, database: "postgres" },
                "database",
                /service makes this database itself/,
            ],
            [
                "a database's name that is none",
                { ...ARGS, database: 'x"; drop' },
                "database",
                /letters, digits/,
            ],
            [
                "a schema of PostgreSQL",
                { ...ARGS, schemas: ["pg_catalog"] },
                "schemas[0]",
                /keeps this schema/,
            ],
            [
                "information_schema",
                { ...ARGS, schemas: ["information_schema"] },
                "schemas[0]",
                /keeps this schema/,
            ],
            [
                "F78: a schema's name in bytes, not characters",
                { ...ARGS, schemas: ["ä".repeat(32)] },
                "schemas[0]",
                /has 64/,
            ],
            ["a schema twice", { ...ARGS, schemas: ["public", "public"] }, "schemas", /once/],
            [
                "a profile that is there already",
                profile({}, "owner"),
                "profiles",
                /readonly, readwrite and owner are taken/,
            ],
            ["a profile's name with capitals", profile({}, "Auditor"), "profiles[0].name", /lower-case/],
            [
                "a profile's name that stands for PUBLIC",
                profile({}, "everybody"),
                "profiles[0].name",
                /PUBLIC/,
            ],
            [
                "a schema that the database does not list",
                profile({ schema: "ledger" }),
                "profiles[0].privileges[0].schema",
                /schemas are public/,
            ],
            [
                "a privilege that tables do not have",
                profile({ tables: ["EXECUTE"] }),
                "profiles[0].privileges[0].tables[0]",
                /SELECT, INSERT/,
            ],
            [
                "a privilege in small letters",
                profile({ tables: ["select"] }),
                "profiles[0].privileges[0].tables[0]",
                /capitals/,
            ],
            [
                "ALL, which hides what it gives",
                profile({ functions: ["ALL"] }),
                "profiles[0].privileges[0].functions[0]",
                /EXECUTE/,
            ],
            ["an owner twice", { ...ARGS, objectOwners: ["orders_owner"] }, "objectOwners", /already/],
            [
                "an owner that no role can be",
                { ...ARGS, objectOwners: ["pg_x"] },
                "objectOwners[0]",
                /reserved/,
            ],
            [
                "no tenant where a token is fetched",
                { ...ARGS, tenantId: undefined },
                "tenantId",
                /az account show/,
            ],
        ],
        (args) => new DatabaseAccess("access", args),
    );

    test("the longest names that fit", () => {
        checkDatabaseAccess({ ...ARGS, database: "d".repeat(53) });
        checkDatabaseAccess({ ...ARGS, tenantId: undefined, cloud: Cloud.China });
    });
});

describe("profile roles beside all else on the server", () => {
    const of = (database: string, ...more: string[]) => ({
        argument: database,
        database,
        profiles: [...PROFILES, ...more],
    });

    test("a principal named like a profile role is refused", () => {
        const principal = { argument: "principals[0]", nameArgument: "name", name: "orders_readonly" };
        refused(
            () => checkProfileRoles([of("orders")], [principal]),
            "principals[0].name",
            /nobody signs in as.*use access/,
        );
        assert.doesNotThrow(() =>
            checkProfileRoles([of("orders")], [{ ...principal, name: "Orders_readonly" }]),
        );
    });

    test("two profiles of two databases with one role name are refused", () => {
        refused(
            () => checkProfileRoles([of("a", "b_readonly"), of("a_b")], []),
            "a_b, profile readonly,",
            /belong to the server/,
        );
    });
});
