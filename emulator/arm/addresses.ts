/** IPv4 addresses and ranges, as numbers. Pure. */

export interface Range {
    first: number;
    last: number;
}

export interface Cidr extends Range {
    text: string;
    length: number;
    /** False where bits of the host part are set, as in `10.0.0.1/24`. */
    aligned: boolean;
}

/** The address as a number from 0 to 2^32 - 1; `undefined` where the text is no IPv4 address. */
export function parseAddress(text: string): number | undefined {
    const parts = text.split(".");
    if (parts.length !== 4) return undefined;
    let value = 0;
    for (const part of parts) {
        if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
        value = value * 256 + Number(part);
    }
    return value;
}

/** `10.0.0.0/24`; a bare address counts as `/32`. `undefined` where the text is neither. */
export function parseCidr(text: string): Cidr | undefined {
    const [, addressText, lengthText] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
    const address = addressText === undefined ? undefined : parseAddress(addressText);
    const length = lengthText === undefined ? 32 : Number(lengthText);
    if (address === undefined || length > 32) return undefined;
    const size = 2 ** (32 - length);
    const first = Math.floor(address / size) * size;
    return { text, length, first, last: first + size - 1, aligned: first === address };
}

export function contains(outer: Range, inner: Range): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Range, b: Range): boolean {
    return a.first <= b.last && b.first <= a.last;
}

/** Whether every address of `range` lies in one of `parts` (which may join up, as `0.0.0.0/1` and `128.0.0.0/1`). */
export function covered(range: Range, parts: Range[]): boolean {
    let next = range.first;
    for (const part of [...parts].sort((a, b) => a.first - b.first)) {
        if (part.first > next) break;
        next = Math.max(next, part.last + 1);
        if (next > range.last) return true;
    }
    return false;
}
