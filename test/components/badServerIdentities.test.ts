import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AuthMode, FlexibleServer, type FlexibleServerArgs } from "../../components/index";
import { refusal } from "./recorder";
import { testRefusals, type Case } from "./refusals";
import { ADA, ada, admins, argsOfMode, serverArgs } from "./serverArgs";

const named = (principalName: string, more: object = {}) =>
    serverArgs({ administrators: [{ ...admins, principalName, ...more }] });

const identities: Case<FlexibleServerArgs>[] = [
    [
        "F1: an unknown mode",
        serverArgs({ authMode: "Entra" as AuthMode }),
        "authMode",
        /EntraOnly, EntraAndPassword/,
    ],
    [
        "F4: EntraOnly with a password",
        serverArgs({ administratorPassword: "s3cret-Passw0rd" }),
        "administratorPassword",
        /EntraOnly has no password administrator; remove it/,
    ],
    [
        "F4: EntraOnly with a login",
        serverArgs({ administratorLogin: "pgadmin" }),
        "administratorLogin",
        /remove it/,
    ],
    [
        "F4: a mode with passwords without a login",
        { ...argsOfMode(AuthMode.EntraAndPassword), administratorLogin: undefined },
        "administratorLogin",
        /needs a password administrator/,
    ],
    [
        "A2: a mode with passwords without a password",
        { ...argsOfMode(AuthMode.PasswordOnly), administratorPassword: undefined },
        "administratorPassword",
        /secret/,
    ],
    [
        "F6: an Entra mode without an administrator",
        serverArgs({ administrators: [] }),
        "administrators",
        /add a user/,
    ],
    [
        "F1: PasswordOnly with an Entra administrator",
        { ...argsOfMode(AuthMode.PasswordOnly), administrators: [ada] },
        "administrators",
        /lets no Microsoft Entra identity in/,
    ],
    [
        "F78, E12: a name of 64 bytes",
        named("x".repeat(64)),
        "administrators[0].principalName",
        /at most 63 bytes.*has 64/,
    ],
    [
        "F78, E12: 32 characters of two bytes",
        named("é".repeat(32)),
        "administrators[0].principalName",
        /has 64/,
    ],
    ["a control character", named("a\u0007b"), "administrators[0].principalName", /"a\\u0007b".*control/],
    [
        "a bidirectional control",
        named("a\u202eb"),
        "administrators[0].principalName",
        /"a\\u202eb".*bidirectional/,
    ],
    ["an unpaired surrogate", named("a\ud800"), "administrators[0].principalName", /unpaired surrogate/],
    [
        "a reserved name",
        named("azure_pg_admin"),
        "administrators[0].principalName",
        /keeps this name for itself/,
    ],
    ["an empty name", named(""), "administrators[0].principalName", /at least one byte/],
    [
        "an object id that is no GUID",
        named("g", { objectId: "g" }),
        "administrators[0].objectId",
        /is a GUID; look it up/,
    ],
    [
        "E6: the spelling of another API",
        named("g", { principalType: "group" }),
        "administrators[0].principalType",
        /User, Group/,
    ],
    [
        "F61: a user without a principal name",
        named("Ada", { principalType: "User" }),
        "administrators[0].principalName",
        /name@domain/,
    ],
    [
        "F61, F18: a guest whose marker is spelled otherwise",
        named("ada_home.org#ext#@contoso.com", { principalType: "User" }),
        "administrators[0].principalName",
        /#EXT#/,
    ],
    [
        "one object id twice, in another case",
        serverArgs({
            administrators: [
                { ...ada, objectId: "ABCDEF00-1234-4234-8234-123456789ABC" },
                { ...admins, objectId: "abcdef00-1234-4234-8234-123456789abc" },
            ],
        }),
        "administrators[1].objectId",
        /administrators\[0\]\.objectId has it already/,
    ],
    [
        "one name twice",
        serverArgs({ administrators: [admins, { ...admins, objectId: ADA }] }),
        "administrators[1].principalName",
        /one name is one role/,
    ],
];

describe("FlexibleServer refuses who cannot sign in, before anything is registered", () => {
    testRefusals(identities, (args) => new FlexibleServer("pg", args));

    test("a password is never in the message", async () => {
        const [, args] = identities.find(([title]) => title === "F4: EntraOnly with a password")!;
        const error = await refusal(() => new FlexibleServer("pg", args));
        assert.equal(error.message.includes("s3cret"), false);
        assert.match(error.message, /\[secret\]/);
    });
});
