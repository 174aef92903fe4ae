const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/**
 * Control, direction, zero-width and private-use characters as `\u{…}`, so that no name can draw on a terminal or pass for another
 * one. Pure.
 */
export function visible(text: string): string {
    return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
