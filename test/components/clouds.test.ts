import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { checkProviderEnvironment, Cloud, cloudEndpoints, CLOUDS, tokenScope } from "../../components/clouds";
import { ValidationError } from "../../components/validationError";

const ROOT = path.join(__dirname, "..", "..");

describe("the table of clouds", () => {
    // Written out: a slip in the table would otherwise be on both sides.
    const audiences: Record<Cloud, string> = {
        Public: "https://ossrdbms-aad.database.windows.net",
        China: "https://ossrdbms-aad.database.chinacloudapi.cn",
        UsGovernment: "https://ossrdbms-aad.database.usgovcloudapi.net",
        Local: "https://ossrdbms-aad.database.windows.net",
    };
    for (const cloud of Object.values(Cloud)) {
        test(`F14, F39: the audience and scope in ${cloud}, exactly as written`, () => {
            assert.equal(cloudEndpoints(cloud).tokenAudience, audiences[cloud]);
            assert.equal(tokenScope(cloud), `${audiences[cloud]}/.default`);
        });
    }

    test("F49, F51: Cosmos DB for PostgreSQL has an audience and hosts of its own, where they are documented", () => {
        assert.equal(CLOUDS.Public.cosmosTokenAudience, "https://token.postgres.cosmos.azure.com");
        assert.equal(CLOUDS.Public.cosmosHostSuffix, "postgres.cosmos.azure.com");
        assert.equal(CLOUDS.China.cosmosTokenAudience, undefined);
    });

    test("F75: hosts and zones, sign-in, resource API and Graph of each cloud", () => {
        const row = (cloud: Cloud) => {
            const { hostSuffix, privateDnsZoneSuffix, authorityHost, resourceManager, graph } = CLOUDS[cloud];
            return [hostSuffix, privateDnsZoneSuffix, authorityHost, resourceManager, graph];
        };
        assert.deepEqual(row(Cloud.Public), [
            "postgres.database.azure.com",
            "postgres.database.azure.com",
            "https://login.microsoftonline.com",
            "https://management.azure.com",
            "https://graph.microsoft.com",
        ]);
        assert.deepEqual(row(Cloud.China), [
            "postgres.database.chinacloudapi.cn",
            "postgres.database.chinacloudapi.cn",
            "https://login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ]);
        assert.deepEqual(row(Cloud.UsGovernment), [
            "postgres.database.usgovcloudapi.net",
            "postgres.database.usgovcloudapi.net",
            "https://login.microsoftonline.us",
            "https://management.usgovcloudapi.net",
            "https://graph.microsoft.us",
        ]);
    });

    test("F37: the metadata service is at the same address in every cloud", () => {
        for (const cloud of [Cloud.Public, Cloud.China, Cloud.UsGovernment])
            assert.equal(CLOUDS[cloud].metadataService, "http://169.254.169.254");
        assert.equal(CLOUDS.Local.metadataService, undefined);
    });

    test("the local Azure leads nobody to a real sign-in, and shares the public cloud's names", () => {
        assert.equal(CLOUDS.Local.authorityHost, undefined);
        assert.equal(CLOUDS.Local.hostSuffix, CLOUDS.Public.hostSuffix);
    });

    test("an unknown cloud is refused", () => {
        assert.throws(
            () => cloudEndpoints("Moon"),
            /cloud is "Moon": there is no such cloud; use one of Public,/,
        );
        assert.throws(() => cloudEndpoints("toString"), ValidationError);
    });
});

describe("providers that work in another cloud than the stack", () => {
    const check = (environment: string | undefined, cloud: Cloud) => () =>
        checkProviderEnvironment("azure-native:environment", environment, cloud);

    test("are refused, with the command that sets it right", () => {
        assert.throws(
            check(undefined, Cloud.China),
            /azure-native:environment is not given: the stack's cloud is China, which this provider calls 'china'; run `pulumi config set azure-native:environment china`/,
        );
        assert.throws(check("china", Cloud.UsGovernment), /is "china": the stack's cloud is UsGovernment/);
        assert.throws(check("usgovernment", Cloud.Public), ValidationError);
    });

    test("the right ones pass, and the local Azure has none", () => {
        for (const [environment, cloud] of [
            [undefined, Cloud.Public],
            ["", Cloud.Public],
            ["public", Cloud.Public],
            ["global", Cloud.Public],
            ["AzureChinaCloud", Cloud.China],
            ["usgovernmentl4", Cloud.UsGovernment],
            ["china", Cloud.China],
            ["usgovernment", Cloud.UsGovernment],
            ["anything", Cloud.Local],
        ] as const)
            assert.doesNotThrow(check(environment, cloud));
    });
});

describe("hosts of clouds stand in one table alone", () => {
    const HOSTS =
        /ossrdbms-aad|database\.(azure\.com|chinacloudapi|usgovcloudapi)|cosmos\.azure\.(com|us|cn)|login\.(microsoftonline|chinacloudapi)|graph\.microsoft|microsoftgraph|management\.(azure\.com|chinacloudapi|usgovcloudapi)|169\.254\.169\.254/g;
    const ELSEWHERE = ["node_modules", "test", "docs", "examples", "dist"];

    const sources = readdirSync(ROOT, { withFileTypes: true })
        .filter((entry) => !entry.name.startsWith(".") && !ELSEWHERE.includes(entry.name))
        .flatMap((entry) =>
            entry.isDirectory()
                ? readdirSync(path.join(ROOT, entry.name), { recursive: true, encoding: "utf8" }).map(
                      (file) => path.join(entry.name, file),
                  )
                : [entry.name],
        )
        .filter((file) => /\.(ts|js|mjs)$/.test(file) && !file.includes("node_modules"));

    /** Comments may explain with an example. */
    const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");

    test("no other source file writes one", () => {
        assert.ok(sources.length > 100, `only ${sources.length} files were found`);
        const found = sources
            .filter((file) => file !== path.join("components", "clouds.ts"))
            .flatMap((file) => {
                const hits = code(readFileSync(path.join(ROOT, file), "utf8")).match(HOSTS) ?? [];
                return hits.map((hit) => `${file}: ${hit}`);
            });
        assert.deepEqual(found, []);
    });
});
