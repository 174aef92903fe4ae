import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test, type TestContext } from "node:test";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { skipWithoutCommand } from "./example";
import { LocalCli, PROJECT_FOLDER, skipWithoutCli, type Outcome } from "./localCli";

interface Sdk {
    /** A file of the SDK. */
    file: string;
    /** What the schema must have become in it. */
    contents: RegExp[];
}

/** Those for Python and Go are installed, compiled and used by examples.test.ts. */
const SDKS: Record<string, Sdk> = {
    nodejs: {
        file: "nodejs/flexibleServer.ts",
        contents: [
            /administratorPassword"\] = args\?\.administratorPassword \? pulumi\.secret\(/,
            /authMode\?: enums\.AuthMode;/,
        ],
    },
    python: {
        file: "python/pulumi_azure_postgres_entra/flexible_server.py",
        contents: [/Output\.secret\(administrator_password\)/, /auth_mode: Optional\['AuthMode'\]/],
    },
    go: {
        file: "go/azurepostgresentra/flexibleServer.go",
        contents: [/pulumi\.ToSecret\(args\.AdministratorPassword\)/, /AuthMode +\*AuthMode/],
    },
    dotnet: {
        file: "dotnet/FlexibleServer.cs",
        contents: [
            /emptySecret = Output\.CreateSecret\(0\);\s+_administratorPassword =/,
            /AuthMode\? AuthMode/,
        ],
    },
    // Java's marks no secret arguments: packagePlugin.test.ts shows that the plugin does.
    java: {
        file: "java/src/main/java/com/pulumi/azurepostgresentra/FlexibleServerArgs.java",
        contents: [/Builder authMode\(@Nullable AuthMode authMode\)/],
    },
};

/** How compilers' package managers, and the generator for C#, which fetches Pulumi's logo, say that nobody can be reached. */
const OFFLINE =
    /Unknown host|Could not transfer artifact|NU1301|no such host|Temporary failure in name resolution/;

describe("SDKs of other languages, made from schema.json", { skip: skipWithoutCli, concurrency: 1 }, () => {
    const cli = new LocalCli();
    const folder = mkdtempSync(path.join(tmpdir(), "sdks-"));
    after(() => {
        cli.close();
        rmSync(folder, { recursive: true });
    });

    /** @returns whether it could be made; the test is skipped where not */
    async function generated(t: TestContext, language: string): Promise<boolean> {
        const schema = path.join(PROJECT_FOLDER, "components", "schema.json");
        const words = ["package", "gen-sdk", schema, "--language", language, "--out", folder];
        const made = await cli.run(findInstalledPulumi()!, words, {
            cwd: folder,
            env: {
                ...cli.environment,
                PULUMI_HOME: path.join(folder, "home"),
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            },
        });
        if (!/no language plugin/.test(made.text)) return succeeded(t, made);
        t.skip(`Pulumi's host for ${language} is not installed`);
        return false;
    }

    for (const [language, { file, contents }] of Object.entries(SDKS))
        test(`${language}: secrets are secrets and enums are enums`, async (t) => {
            if (!(await generated(t, language))) return;
            const made = readFileSync(path.join(folder, file), "utf8");
            for (const content of contents) assert.match(made, content);
        });

    test("the one for Java compiles", { skip: skipWithoutCommand("mvn", "--version") }, async (t) => {
        if (!(await generated(t, "java"))) return;
        const project = path.join(folder, "java");
        writeFileSync(path.join(project, "pom.xml"), mavenProject(path.join(project, "build.gradle")));
        succeeded(t, await cli.run("mvn", ["--batch-mode", "--quiet", "compile"], { cwd: project }));
    });

    test("the one for C# compiles", { skip: skipWithoutCommand("dotnet", "--version") }, async (t) => {
        if (!(await generated(t, "dotnet"))) return;
        succeeded(t, await cli.run("dotnet", ["build"], { cwd: path.join(folder, "dotnet") }));
    });
});

/** False, and the test is skipped, where nobody can be reached; every other failure fails the test. */
function succeeded(t: TestContext, { code, text }: Outcome): boolean {
    if (code !== 0 && OFFLINE.test(text)) t.skip("the registry cannot be reached");
    else assert.equal(code, 0, text);
    return code === 0;
}

/** The generated build for Gradle, for Maven: the same dependencies and version of Java. */
function mavenProject(gradleFile: string): string {
    const gradle = readFileSync(gradleFile, "utf8");
    const java = /JavaLanguageVersion\.of\((\d+)\)/.exec(gradle)![1]!;
    const dependencies = [...gradle.matchAll(/implementation\("([^:]+):([^:]+):([^"]+)"\)/g)];
    assert.ok(dependencies.length > 0, gradle);
    return `<project xmlns="http://maven.apache.org/POM/4.0.0">
    <modelVersion>4.0.0</modelVersion>
    <groupId>com.pulumi</groupId><artifactId>azure-postgres-entra</artifactId><version>0</version>
    <properties>
        <maven.compiler.source>${java}</maven.compiler.source>
        <maven.compiler.target>${java}</maven.compiler.target>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    </properties>
    <dependencies>${dependencies
        .map(
            ([, group, artifact, version]) =>
                `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
        )
        .join("")}</dependencies>
</project>`;
}
