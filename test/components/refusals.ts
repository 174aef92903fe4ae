import assert from "node:assert/strict";
import { test } from "node:test";
import { ValidationError } from "../../components/index";
import { refusal } from "./recorder";

/** Each refused value: what it is, the argument that the message names, and a piece of the rule or fix. */
export type Case<T> = [title: string, args: T, argument: string, words: RegExp];

/** A test for each case: the program is refused with the right message before it registers anything. */
export function testRefusals<T>(cases: Case<T>[], program: (args: T) => unknown): void {
    for (const [title, args, argument, words] of cases)
        test(title, async () => {
            checkRefusal(await refusal(() => program(args)), argument, words);
        });
}

export function refused(action: () => unknown, argument: string, words: RegExp): void {
    try {
        action();
    } catch (error) {
        return checkRefusal(error as Error, argument, words);
    }
    assert.fail("it was not refused");
}

export function checkRefusal(error: Error, argument: string, words: RegExp): void {
    assert.ok(error instanceof ValidationError, String(error));
    assert.equal(error.argument, argument);
    assert.match(error.message, words);
    assert.ok(error.message.startsWith(`${argument} `) && error.message.endsWith("."), error.message);
    assert.equal(error.message.includes("\n"), false);
}
