import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DatabasePrincipalSet } from "../../components/index";
import { planStack } from "../../plan/planStack";
import { stackValues } from "../../plan/stackValues";
import type { Plan } from "../../plan/planDocument";
import { planOf, PROJECT, ROOT } from "./plans";

const IN_A_CHILD = { encoding: "utf8", timeout: 300_000, maxBuffer: 64 * 1024 * 1024 } as const;
const server = (plan: Plan) => plan.resources.find((r) => r.name === "postgres-server")!;

function planProgram(program: () => void): Promise<Plan> {
    const values = stackValues(PROJECT, {});
    const run = () => {
        program();
        return Promise.resolve({});
    };
    return planStack({ project: PROJECT, stack: "test", values, program: run });
}

describe("the plan of a stack", { concurrency: 1 }, () => {
    for (const stack of ["local", "dev", "prod"])
        test(`${stack} is the same every time, sorted by URN`, async () => {
            const [one, two] = [await planOf(stack), await planOf(stack)];
            assert.deepEqual(one, two);
            const urns = one.resources.map((r) => r.urn);
            assert.deepEqual(urns, [...urns].sort());
            assert.equal(new Set(urns).size, urns.length);
            assert.ok(urns.length > 60, `${urns.length} resources`);
            assert.deepEqual(one.problems, []);
        });

    test("opens no connection and starts no program, whatever credentials are around", () => {
        const guard = `
            const touched = (what) => { process.stderr.write("TOUCHED " + what + "\\n"); process.exit(9); };
            // The SDK serves its hooks on a loopback port, and asks itself whether it serves.
            const { Server, Socket } = require("node:net");
            const own = new Set();
            const { listen } = Server.prototype;
            Server.prototype.listen = function (...to) {
                this.once("listening", () => own.add(this.address().port));
                return listen.apply(this, to);
            };
            const { connect } = Socket.prototype;
            Socket.prototype.connect = function (...to) {
                const { host, port } = to[0][0] ?? to[0];
                return host === "127.0.0.1" && own.has(port) ? connect.apply(this, to) : touched(host + ":" + port);
            };
            const dns = require("node:dns");
            const { lookup } = dns;
            dns.lookup = (name, ...rest) => (name === "127.0.0.1" ? lookup(name, ...rest) : touched("dns " + name));
            globalThis.fetch = () => touched("fetch");
            // The loader of TypeScript starts esbuild; nothing else may be started.
            const processes = require("node:child_process");
            for (const name of ["spawn", "spawnSync", "exec", "execFile", "execFileSync", "fork"]) {
                const original = processes[name];
                processes[name] = (command, ...rest) =>
                    /esbuild/.test(command + rest[0]) ? original(command, ...rest) : touched(name + " " + command);
            }
            process.on("exit", () => {
                for (const name of ["ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "PGPASSWORD"])
                    if (process.env[name]) process.stderr.write("TOUCHED " + name);
            });
            process.argv = [process.execPath, "plan", "--stack", "local", "--json"];
            import("./plan/main.ts");`;
        const env = {
            ...process.env,
            ARM_CLIENT_SECRET: "arm-secret-value",
            AZURE_CLIENT_SECRET: "azure-secret-value",
            PGPASSWORD: "pg-secret-value",
            PGCONNECT_TIMEOUT: "7",
        };
        const run = spawnSync(process.execPath, ["--import", "tsx", "-e", guard], {
            cwd: ROOT,
            env,
            ...IN_A_CHILD,
        });
        assert.equal(run.status, 0, run.stderr);
        assert.doesNotMatch(run.stderr, /TOUCHED/);
        assert.doesNotMatch(run.stdout, /secret-value/);
        const plan = JSON.parse(run.stdout) as Plan;
        const provider = plan.resources.find((r) => r.type === "pulumi:providers:postgresql")!;
        assert.equal(provider.inputs.connectTimeout, "60");
    });

    test("names placeholders and secrets that are not in the file, and goes on", async () => {
        const { open } = await planOf("dev");
        assert.deepEqual(
            open.map(({ key, value }) => `${key} ${value ?? ""}`.replace(`${PROJECT}:`, "")),
            [
                "adminGroup.members[0] 00000000-0000-0000-0000-000000000001",
                "adminGroup.owners[0] 00000000-0000-0000-0000-000000000001",
                "administratorPassword ",
                "administrators[0].objectId 00000000-0000-0000-0000-000000000001",
                "principals[0].objectId 00000000-0000-0000-0000-000000000002",
                "principals[1].objectId 00000000-0000-0000-0000-000000000003",
            ],
        );
    });

    test("masks secrets, in the file or encrypted, and marks what only the deployment knows", async () => {
        const plain = await planOf("dev", (c) => (c.administratorPassword = "Plain-Text-1"));
        assert.equal(server(plain).inputs.administratorLoginPassword, "[secret]");
        assert.doesNotMatch(JSON.stringify(plain), /Plain-Text-1/);
        const encrypted = await planOf("dev", (c) => (c.administratorPassword = { secure: "v1:abc:def" }));
        assert.equal(server(encrypted).inputs.administratorLoginPassword, "[secret]");
        assert.doesNotMatch(JSON.stringify(encrypted), /v1:abc|Stands-1n/);
        assert.match(encrypted.open.find((o) => o.key.endsWith("Password"))!.why, /encrypted/);
        assert.equal(server(plain).inputs.resourceGroupName, "[unknown]");
        assert.equal(plain.outputs.host, "[unknown]");
    });

    test("F1: knows the authentication of a server, though not the tenant of whoever will run Pulumi", async () => {
        const authConfig = { activeDirectoryAuth: "Enabled", tenantId: "[unknown]" };
        assert.deepEqual(server(await planOf("dev")).inputs.authConfig, {
            ...authConfig,
            passwordAuth: "Enabled",
        });
        assert.deepEqual(server(await planOf("prod")).inputs.authConfig, {
            ...authConfig,
            passwordAuth: "Disabled",
        });
    });

    test("tells order, protection, hooks and providers of each resource", async () => {
        const { resources } = await planOf("prod");
        const named = (name: string, type = "") =>
            resources.find((r) => r.name === name && r.type.endsWith(type))!;
        const planned = named("postgres-server");
        assert.equal(planned.protect, true);
        assert.deepEqual(
            planned.ignoreChanges.filter((name) => name.startsWith("a")),
            ["administratorLogin", "availabilityZone"],
        );
        assert.deepEqual(planned.hooks.onError, ["azure-postgres-entra:server-busy"]);
        const subnet = named("network-subnet", ":Subnet");
        assert.ok(planned.propertyDependencies.network!.includes(subnet.urn));
        assert.deepEqual(subnet.propertyDependencies.networkSecurityGroup, [named("network-nsg").urn]);
        assert.equal(named("postgres-database-orders").deletedWith, planned.urn);
        assert.equal(named("access-orders-readonly").provider, named("access-orders-provider").urn);
        assert.match(named("postgres-database-orders").parent, /FlexibleServer::postgres$/);
    });

    test("the name of an existing group is known, its object id is not", async () => {
        const { resources } = await planOf("prod");
        const group = resources.find((r) => r.name === "postgres-administrator-admin-group")!;
        assert.equal(group.inputs.principalName, "Postgres Admins");
        assert.equal(group.inputs.objectId, "[unknown]");
    });

    test("tells what the package's own check refuses", async () => {
        const plan = await planProgram(() => {
            new DatabasePrincipalSet("people", {
                connection: { host: "pg.postgres.database.azure.com", user: "deployer" },
                principals: { ada: { principalType: "Robot" as never, objectId: "no-guid" } },
            });
        });
        const reasons = plan.problems.map((p) => `${p.property}: ${p.reason}`).join("\n");
        assert.match(reasons, /principals\["ada"\]\.principalType|principals\.ada\.principalType/);
        assert.match(reasons, /objectId/);
    });

    test("a mistake in the configuration ends it with the program's own message", async () => {
        // A program that fails leaves rejections behind, so it runs in a process of its own.
        const file = "Pulumi.dev.yaml";
        const script = `
            const { planStack } = require("./plan/planStack.ts");
            const { readStackValues } = require("./plan/stackValues.ts");
            const values = readStackValues("${PROJECT}", "${file}");
            values.config["${PROJECT}:network"] = '{"access":"Everywhere"}';
            planStack({ project: "${PROJECT}", stack: "dev", values }).then(
                () => process.exit(3),
                (error) => { process.stdout.write(error.message); process.exit(4); },
            );`;
        const run = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
            cwd: ROOT,
            ...IN_A_CHILD,
        });
        assert.equal(run.status, 4, run.stderr);
        assert.match(run.stdout, /network\.access: given "Everywhere"; allowed: Public, Private/);
    });

    test("a program with transforms is refused, as the plan would not run them", () => {
        // A program that fails leaves rejections behind, so it runs in a process of its own.
        const script = `
            const pulumi = require("@pulumi/pulumi");
            const { planStack } = require("./plan/planStack.ts");
            const program = async () => {
                new pulumi.ComponentResource("test:index:Group", "group", {}, { transforms: [() => undefined] });
                return {};
            };
            const values = { config: {}, secretKeys: [], open: [] };
            planStack({ project: "${PROJECT}", stack: "dev", values, program }).then(
                () => process.exit(3),
                (error) => { process.stdout.write(error.message); process.exit(4); },
            );`;
        const run = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
            cwd: ROOT,
            ...IN_A_CHILD,
        });
        assert.equal(run.status, 4, run.stderr);
        assert.match(run.stdout, /the plan does not run transforms/);
    });

    test("what the program says is kept apart from the output", async () => {
        const plan = await planProgram(() => {
            void pulumi.log.warn("beware");
            new pulumi.ComponentResource("test:index:Group", "group");
        });
        assert.deepEqual(plan.messages, [{ severity: "warning", text: "beware" }]);
    });
});
