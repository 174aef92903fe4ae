import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUrn, type ResourceProvider } from "../../components/provider/resourceProvider";
import { forLocalStackOnly } from "../../emulator/localProvider";

const calls: string[] = [];
const inner = new Proxy({ name: "azuread", version: "1" } as ResourceProvider, {
    get: (target, key) =>
        key in target ? Reflect.get(target, key) : async () => void calls.push(String(key)),
});
const guarded = forLocalStackOnly(inner);
const urn = (stack: string) => `urn:pulumi:${stack}::project::azuread:index/group:Group::admins`;

for (const call of ["check", "diff", "create", "read", "update", "delete"] as const) {
    test(`${call}: any stack but local is refused, whatever else it is called`, async () => {
        for (const stack of ["prod", "Local", "local2", "org/local", ""]) {
            const refused = (guarded[call] as (...args: unknown[]) => Promise<unknown>)(
                parseUrn(urn(stack)),
                {},
                {},
            );
            await assert.rejects(
                refused,
                /serves the stack 'local' alone, not '.*'; unset PULUMI_DEBUG_PROVIDERS/,
            );
        }
        assert.deepEqual(calls, []);
        await (guarded[call] as (...args: unknown[]) => Promise<unknown>)(parseUrn(urn("local")), {}, {});
        assert.deepEqual(calls.splice(0), [call]);
    });
}

test("the provider itself is refused before it is configured, so invokes are too", () => {
    assert.throws(
        () => guarded.checkConfiguration!("urn:pulumi:prod::project::pulumi:providers:azuread::default"),
        /not 'prod'/,
    );
});
