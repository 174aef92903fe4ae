import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../support/properties";
import { codeSpan, joined, phrase, plainWords, quoted, render } from "../../plan/phrase";
import { visible } from "../../report/visible";
import { valueAt } from "../../plan/compare/propertyValue";
import { elementPath, propertyPath } from "../../emulator/providers/propertyPath";

const hostile = fc.string({
    unit: fc.constantFrom(
        "`",
        "``",
        "|",
        "\n",
        "\r",
        "<",
        ">",
        "@",
        "[",
        "](",
        "!",
        "#1",
        "\\",
        " ",
        "a",
        "\u202e",
        "\u200b",
        "\0",
        "é",
    ),
});

describe("sentences with other people's values in them", () => {
    test("a value in Markdown cannot leave its code span", () => {
        fc.assert(
            fc.property(hostile, (value) => {
                const span = codeSpan(value);
                const fence = /^`+/.exec(span)![0];
                assert.ok(span.endsWith(fence) && span.length > 2 * fence.length, span);
                const inner = span.slice(fence.length, -fence.length);
                // CommonMark: a code span ends at the next run of backticks of the same length.
                for (const [run] of inner.matchAll(/`+/g)) assert.notEqual(run.length, fence.length, span);
                assert.doesNotMatch(inner, /^`|`$/, "no backtick touches the fence");
                assert.doesNotMatch(span, /[\p{Cc}\p{Cf}]/u);
            }),
        );
    });

    test("nothing that cannot be seen stays unseen", () => {
        assert.equal(visible("a\u202eb\u200bc\nd"), "a\\u{202e}b\\u{200b}c\\u{a}d");
        assert.equal(codeSpan(""), '`""`');
        assert.equal(codeSpan("  "), '`"  "`');
    });

    test("values are quoted, our words are not", () => {
        const inner = phrase`${"a`b"} (${plainWords("user")})`;
        const sentence = phrase`${inner} and ${joined([phrase`${"x"}`, phrase`${"y"}`], ", ")}.`;
        assert.equal(render(sentence, quoted), "'a`b' (user) and 'x', 'y'.");
        assert.equal(render(sentence, codeSpan), "``a`b`` (user) and `x`, `y`.");
    });
});

describe("property paths", () => {
    test("lead to their value, whatever the names", () => {
        fc.assert(
            fc.property(fc.string(), fc.nat(4), fc.string(), (name, index, inner) => {
                const list = Array.from({ length: 5 }, (_, i) => Object.fromEntries([[inner, `value ${i}`]]));
                const root = Object.fromEntries([[name, list]]);
                const path = propertyPath(elementPath(propertyPath("", name), index), inner);
                assert.equal(valueAt(root, path), `value ${index}`, path);
            }),
        );
    });

    test("lead nowhere where nothing is", () => {
        assert.equal(valueAt({ a: { b: 1 } }, "a.c.d"), undefined);
        assert.equal(valueAt({}, "constructor"), undefined);
    });
});
