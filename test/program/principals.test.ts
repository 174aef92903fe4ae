import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkMembershipCircles } from "../../components/index";
import { parseStackConfig } from "../../stackConfig";
import { checkStack } from "../../stackResources";
import { changed, PROJECT, stackYaml } from "./stackYaml";

const check = (members: Record<string, string[]>) =>
    checkMembershipCircles(
        "principals.memberOf",
        Object.entries(members).map(([name, memberOf]) => ({ name, memberOf })),
    );

describe("principals are members of each other without circles", () => {
    test("any order will do, also through several levels and several ways", () =>
        check({ a: ["c", "b"], b: ["c"], c: [], d: ["a", "c"] }));
    test("roles that are no principals are somebody else's matter", () => check({ a: ["pg_monitor"] }));
    test("a circle is told with its members, and without those that only lead to it", () => {
        assert.throws(
            () => check({ x: ["a"], a: ["b"], b: ["a"], y: [] }),
            /principals\.memberOf is "a -> b -> a": a role cannot be a member of itself/,
        );
    });
    test("a role that is a member of itself", () => assert.throws(() => check({ a: ["a"] }), /"a -> a"/));
    test("ten thousand levels deep", () => {
        const chain = Array.from(
            { length: 10_000 },
            (_, n) => [`p${n}`, n > 0 ? [`p${n - 1}`] : []] as const,
        );
        check(Object.fromEntries(chain) as Record<string, string[]>);
        const closed = { ...Object.fromEntries(chain), p0: ["p9999"] } as Record<string, string[]>;
        assert.throws(() => check(closed), /p0 -> p9999 -> p9998/);
    });
    test("the stack's configuration is refused before anything is made", () => {
        const local = stackYaml("local");
        const [kim, guest] = JSON.parse(local[`${PROJECT}:principals`]!);
        const principals = [
            { ...kim, memberOf: [guest.name] },
            { ...guest, memberOf: [kim.name] },
        ];
        const config = parseStackConfig(PROJECT, changed(local, { principals }));
        assert.throws(() => checkStack(config), /principals\.memberOf is "kim@.* -> guest_.* -> kim@.*"/);
    });
});
