import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { measurePrincipals } from "../../bench/principals";
import { Running } from "../provider/running";

let local: Running;
before(async () => (local = await Running.start()));
after(() => local.stop());

test("each job signs in anew, as each deployment does, but for the one that has nothing to do", async () => {
    const signIns = async (singles: number) => {
        const before = local.tokens.length;
        const options = { sizes: [3], runs: 1, singles, peers: [], progress: () => undefined };
        const [measured] = await measurePrincipals(local, options);
        assert.deepEqual(Object.keys(measured!.set[0]!), ["create", "noop", "change", "delete"]);
        return local.tokens.length - before;
    };
    // One run to warm up, and one that counts.
    const set = await signIns(1);
    assert.equal(set, 2 * 3);
    // Those that run side by side may take a connection each.
    const both = await signIns(3);
    assert.ok(both >= 2 * set, String(both));
});
