import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import {
    AuthMode,
    checkPrincipals,
    EntraAdminGroup,
    EntraNetwork,
    FlexibleServer,
    ValidationError,
} from "../../components/index";
import { record } from "./recorder";
import { refused } from "./refusals";
import { ADA, argsOfMode, GROUP } from "./serverArgs";

describe("principals beside the administrators", () => {
    const administrator = {
        argument: "administrators[0]",
        name: "ada@contoso.com",
        objectId: ADA,
        principalType: "User",
    };
    const principal = {
        argument: "principals[0]",
        nameArgument: "name",
        name: "orders",
        objectId: GROUP,
        principalType: "Group",
    };
    const run = (mode: AuthMode, ...principals: (typeof principal)[]) =>
        checkPrincipals(mode, [administrator], principals);

    test("what is in order passes", () => {
        run(AuthMode.EntraOnly, principal);
    });
    test("E5, F69: one object id as administrator and as principal", () => {
        const both = { ...principal, objectId: ADA.toUpperCase() };
        refused(
            () => run(AuthMode.EntraOnly, both),
            "principals[0].objectId",
            /administrators\[0\] is the same identity.*remove one/,
        );
    });
    test("F68: a principal called like an administrator", () => {
        refused(
            () => run(AuthMode.EntraOnly, { ...principal, name: "ada@contoso.com" }),
            "principals[0].name",
            /one role/,
        );
    });
    test("a principal's object id twice", () => {
        refused(
            () => run(AuthMode.EntraOnly, principal, { ...principal, argument: "principals[1]", name: "b" }),
            "principals[1].objectId",
            /principals\[0\]/,
        );
    });
    test("F1: a principal without an Entra mode", () => {
        refused(() => run(AuthMode.PasswordOnly, principal), "principals[0]", /PasswordOnly lets no/);
    });
});

describe("the message", () => {
    test("Pulumi shows it without a stack trace", () => {
        assert.equal(pulumi.RunError.isInstance(new ValidationError("a", 1, "b", "c")), true);
    });
    test("printing it prints none of what the SDK hangs onto errors", () => {
        const error = Object.assign(new ValidationError("a", 1, "b", "c"), {
            promise: { huge: "x".repeat(1000) },
        });
        assert.equal(inspect(error, { colors: true }), error.stack);
    });
    test("it is one sentence: argument, value, rule, fix", () => {
        assert.equal(
            new ValidationError("a.b", "x", "the rule", "do this").message,
            'a.b is "x": the rule; do this.',
        );
    });
    test("everything in order is registered (the cases above fail for their one reason)", async () => {
        for (const mode of Object.values(AuthMode))
            await record(() => new FlexibleServer("pg", argsOfMode(mode)));
        const ranges = { addressSpace: "10.20.0.0/16", subnetAddressPrefix: "10.20.1.0/24" };
        await record(() => new EntraNetwork("net", { resourceGroupName: "rg", ...ranges }));
        await record(() => new EntraAdminGroup("g", { create: { displayName: "a" } }));
    });
});
