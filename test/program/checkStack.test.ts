import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseStackConfig } from "../../stackConfig";
import { checkStack } from "../../stackResources";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const local = stackYaml("local");
const check = (changes: Record<string, unknown>) =>
    checkStack(parseStackConfig(PROJECT, changed(local, changes)));

describe("what the stack's parts say of each other is checked before any resource", () => {
    test("the stack as it is passes", () => check({}));

    test("an address for the server's own host name passes", () => {
        check({ hostAddresses: { "pg-local.postgres.database.azure.com": "127.0.0.1:6432" } });
    });

    test("an address for another host name would be ignored, so it is refused with the right one", () => {
        const hostAddresses = { "pg-lokal.postgres.database.azure.com": "127.0.0.1:6432" };
        assert.throws(
            () => check({ hostAddresses }),
            /hostAddresses is "pg-lokal\..*": the server's host name is pg-local\.postgres\.database\.azure\.com; use that name/,
        );
    });
});
