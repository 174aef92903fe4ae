import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it, test } from "node:test";
import rootPackage from "../../package.json";
import { SEED_MACHINE } from "../../emulator/seedResources";
import { isThere, run, type Run } from "./commands";
import { DeployedWorkloads, type Workload } from "./workload";

/** The samples as they stand in the project, with real libraries, against the local Azure. */
const SAMPLES = path.join(__dirname, "..", "..", "examples", "clients");

const folder = mkdtempSync(path.join(tmpdir(), "client-samples-"));
let deployed: DeployedWorkloads;
before(async () => (deployed = await DeployedWorkloads.start()));
after(async () => {
    await deployed?.stop();
    rmSync(folder, { recursive: true, force: true });
});

/** A copy that may be built in. */
function copyOf(sample: string): string {
    const copy = path.join(folder, sample);
    cpSync(path.join(SAMPLES, sample), copy, { recursive: true, verbatimSymlinks: true });
    return copy;
}

interface Client {
    /** Its connection string among the component's `clients`. */
    key: string;
    start: (environment: Workload["environment"]) => Promise<Run>;
}

/** How package managers say that nobody can be reached. */
const OFFLINE =
    /Failed to establish a new connection|name resolution|Network is unreachable|No route to host|timed out|Unknown host|Could not transfer artifact/;

/** Why the sample's packages are not there, for skipping; every other failure fails the tests. */
function offline(what: string, { code, out, err }: Run): string {
    const text = `${out}\n${err}`;
    if (code === 0) return "";
    assert.match(text, OFFLINE, `${what}:\n${text}`);
    return `${what}: the registry cannot be reached`;
}

/**
 * The same for every client: who signs in as whom, and who does not.
 *
 * @param unavailable why the client's packages are not there; empty where they are
 */
function testSignIns(client: () => Client, unavailable: () => string = () => ""): void {
    const test = (title: string, work: () => Promise<void>) =>
        void it(title, async (t) => (unavailable() ? t.skip(unavailable()) : work()));

    const signIn = (identity: "worker" | "batch", user: string, more: Workload["environment"] = {}) => {
        const { clients, environment } = deployed.workload(identity, user);
        const { key, start } = client();
        return start({ ...environment, POSTGRES_CONNECTION: clients[key], ...more });
    };
    const signsIn = async (identity: "worker" | "batch", user: string) => {
        const { out, err } = await signIn(identity, user);
        assert.equal(out, `signed in as ${user} to orders`, err);
    };

    test("F35, F39: as a user-assigned identity, which the client id names", () =>
        signsIn("worker", "worker's role"));

    test("F38: as the machine's own identity, without any client id", () => signsIn("batch", "vm-batch"));

    test("F20, F21: under the name of a group that the identity is a member of", () =>
        signsIn("worker", "Prod DB Readonly"));

    test("F33: under another's role the same token is refused", async () => {
        const { code, out, err } = await signIn("batch", "worker's role");
        assert.notEqual(code, 0);
        assert.equal(out, "");
        assert.match(err, /mismatch for role|Failed to authenticate|authentication failed/i);
        assert.ok(!/eyJ[\w-]{20,}/.test(err), "the token is shown");
    });

    test("F16: a certificate of an unknown authority is refused, so that nobody else gets the token", async () => {
        const { clients } = deployed.workload("worker", "worker's role");
        const { key } = client();
        const text = clients[key]!.replaceAll(deployed.azure.caFile, OTHER_CA).replaceAll(
            encodeURIComponent(deployed.azure.caFile),
            encodeURIComponent(OTHER_CA),
        );
        assert.notEqual(text, clients[key]);
        const { code, err } = await signIn("worker", "worker's role", { POSTGRES_CONNECTION: text });
        assert.notEqual(code, 0);
        assert.match(err, /certificate|PKIX|SSL/i);
    });
}

/** A certificate that signs nothing here. */
const OTHER_CA = path.join(__dirname, "otherAuthority.pem");

describe("node-postgres with @azure/identity", () => {
    const sample = path.join(SAMPLES, "node-postgres");
    // The project's own node_modules have what the sample wants.
    const start: Client["start"] = (environment) =>
        run(process.execPath, ["index.js"], { cwd: sample, environment });

    testSignIns(() => ({ key: "nodePostgres", start }));

    test("the sample wants the versions that are tested here", () => {
        const { dependencies } = JSON.parse(readFileSync(path.join(sample, "package.json"), "utf8"));
        const tested = { ...rootPackage.dependencies, ...rootPackage.devDependencies } as Record<
            string,
            string
        >;
        for (const [name, version] of Object.entries(dependencies)) assert.equal(tested[name], version, name);
    });

    const asMachine = () => {
        const { clients, environment } = deployed.workload("batch", "vm-batch");
        return start({ ...environment, POSTGRES_CONNECTION: clients.nodePostgres });
    };

    test("F37: a metadata service that fails for a moment is asked again by the library", async () => {
        deployed.azure.faults.add({ kind: "MetadataFailed", target: SEED_MACHINE, times: 2 });
        const { out, err } = await asMachine();
        assert.equal(out, "signed in as vm-batch to orders", err);
        assert.equal(deployed.azure.faults.take("MetadataFailed", SEED_MACHINE), undefined);
    });

    test("F37: one that throttles is not: the library says so, and the next start gets a token", async () => {
        deployed.azure.faults.add({ kind: "MetadataThrottled", target: SEED_MACHINE });
        const { code, err } = await asMachine();
        assert.notEqual(code, 0);
        assert.match(err, /Temporarily throttled, too many requests/);
        assert.equal((await asMachine()).out, "signed in as vm-batch to orders");
    });
});

const noPython = isThere("python3", "-m", "venv", "--help") ? false : "python3 with venv is not installed";

describe("psycopg with azure-identity", { skip: noPython }, () => {
    let python = "";
    let unavailable = "";
    before(async () => {
        const sample = copyOf("psycopg");
        const venv = path.join(folder, "venv");
        const made = await run("python3", ["-m", "venv", venv]);
        assert.equal(made.code, 0, made.err);
        python = path.join(venv, "bin", "python");
        const words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        const installed = await run(python, [...words, path.join(sample, "requirements.txt")]);
        unavailable = offline("pip", installed);
    });

    describe("signs in", () => {
        const cwd = path.join(folder, "psycopg");
        const start: Client["start"] = (environment) => run(python, ["main.py"], { cwd, environment });
        testSignIns(
            () => ({ key: "psycopg", start }),
            () => unavailable,
        );
    });
});

const noJava =
    isThere("mvn", "--version") && isThere("javac", "-version") ? false : "Java or Maven is not installed";

describe("JDBC with azure-identity-extensions", { skip: noJava }, () => {
    let unavailable = "";
    before(async () => {
        const words = ["--quiet", "--batch-mode", "compile", "dependency:copy-dependencies"];
        const built = await run("mvn", words, { cwd: copyOf("jdbc") });
        unavailable = offline("Maven", built);
    });

    describe("signs in", () => {
        const words = ["-classpath", "target/classes:target/dependency/*", "SignIn"];
        const cwd = path.join(folder, "jdbc");
        const start: Client["start"] = (environment) => run("java", words, { cwd, environment });
        testSignIns(
            () => ({ key: "jdbc", start }),
            () => unavailable,
        );
    });
});

const noDotnet = isThere("dotnet", "--version") ? false : ".NET is not installed";

describe("Npgsql with Azure.Identity", { skip: noDotnet }, () => {
    test("compiles", async () => {
        const built = await run("dotnet", ["build", "--nologo"], { cwd: copyOf("npgsql") });
        assert.equal(built.code, 0, `${built.out}\n${built.err}`);
    });
});

const noPsql =
    ["bash", "curl", "psql"].every((command) => isThere(command, "--version")) ||
    "bash, curl or psql is missing";

describe("the line for bash: curl, sed and psql", { skip: noPsql === true ? false : noPsql }, () => {
    const query = (line: string) => `${line} --tuples-only --no-align --command 'select session_user'`;
    const bash = (identity: "worker" | "batch", user: string, change = (line: string) => line) => {
        const { clients, environment } = deployed.workload(identity, user);
        return run("bash", ["--norc", "-c", change(query(clients.psql!))], { environment });
    };

    test("F15, F37: signs in, as an attached identity and as the machine's own", async () => {
        const worker = await bash("worker", "worker's role");
        assert.equal(worker.out, "worker's role", worker.err);
        const own = await bash("batch", "vm-batch");
        assert.equal(own.out, "vm-batch", own.err);
    });

    test("F37: an identity that the machine does not have is told by the metadata service's own words", async () => {
        const other = "00000000-0000-4000-8000-000000000000";
        const { code, out, err } = await bash("worker", "worker's role", (line) =>
            line.replace(/client_id=[0-9a-f-]+/, `client_id=${other}`),
        );
        assert.notEqual(code, 0);
        assert.equal(out, "");
        assert.match(err, /Identity not found/);
    });
});
