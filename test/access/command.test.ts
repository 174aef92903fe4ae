import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { declaredStack } from "../../plan/declaredStack";
import { configOf } from "../../rehearsal/stackFile";
import { openSecrets } from "../../rehearsal/stackSecrets";
import { accessCommand } from "../../report/access/command";
import { inConfig, SEALED_ELSEWHERE, StackFolder } from "../support/stackFolder";

describe("which stack the access report is about", () => {
    const withPassword = new StackFolder("prod", "Pulumi.local.yaml", (document) => {
        document.setIn(inConfig("server", "authMode"), "EntraAndPassword");
        document.setIn(inConfig("server", "administratorLogin"), "pgadmin");
        document.setIn(inConfig("administratorPassword"), SEALED_ELSEWHERE);
    });
    const withCluster = new StackFolder("citus", "rehearsal/scenarios/Pulumi.cosmos.yaml", (document) => {
        document.setIn(inConfig("citusPassword"), SEALED_ELSEWHERE);
        document.setIn(inConfig("nativeRolePasswords", "reports"), SEALED_ELSEWHERE);
    });
    after(() => {
        withPassword.remove();
        withCluster.remove();
    });

    test("it declares the same whoever keeps its secrets: none is opened", () => {
        const stack = declaredStack("prod", withPassword.folder);
        assert.equal(stack.system, "server");
        assert.ok(stack.system === "server" && stack.config.principals.length === 6);
        assert.doesNotMatch(JSON.stringify(stack), /abc:def/);
    });

    test("of a cluster there is none, and the error names the system", async () => {
        await assert.rejects(accessCommand(["--stack", "citus"], withCluster.folder), { exitCode: 3 });
        await assert.rejects(
            accessCommand(["--stack", "citus"], withCluster.folder),
            /Pulumi\.citus\.yaml .*Azure Cosmos DB for PostgreSQL cluster.*reads Flexible Servers alone/,
        );
    });

    test("of a stack that is not there, the error names those that are", async () => {
        await assert.rejects(
            accessCommand(["--stack", "elsewhere"], withCluster.folder),
            /no Pulumi\.elsewhere\.yaml; stacks of this project: citus/,
        );
    });
});

describe("secrets of a rehearsal's file", () => {
    const salt = "v1:kmcqCwGTu3I=:v1:phWGvzuRuGjTUMdG:oFHyjl4xhidbLkQAGVnEBfOTTQuXvA==";

    test("are opened with the passphrase of the rehearsal", () => {
        const config = configOf("rehearsal/scenarios/Pulumi.cosmos.yaml");
        assert.doesNotMatch(config["passwordless-postgres:citusPassword"]!, /secure/);
    });

    test("of another key or passphrase are refused, by file and key", () => {
        const sealed = (secure: string) => ({ "p:server": { users: [{ secure }] } });
        assert.throws(
            () => openSecrets(sealed("v1:abc:def"), undefined, "Pulumi.x.yaml"),
            /^Error: Pulumi\.x\.yaml: p:server: users: 0: the secret has no salt in the file/,
        );
        const foreign = `v1:${Buffer.alloc(12).toString("base64")}:${Buffer.alloc(32).toString("base64")}`;
        assert.throws(
            () => openSecrets(sealed(foreign), salt, "Pulumi.x.yaml"),
            /^Error: Pulumi\.x\.yaml: p:server: users: 0: the secret was made with another passphrase\. .*PULUMI_CONFIG_PASSPHRASE=local/,
        );
    });
});
