import { ValidationError } from "./validationError";

/** A range of IPv4 addresses, first and last as numbers. */
export interface AddressRange {
    first: number;
    last: number;
}

/** @returns the address as a number, or `undefined` where the text is no IPv4 address */
export function parseIpv4(text: string): number | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
    const octets = match?.slice(1).map(Number);
    if (!octets || octets.some((octet) => octet > 255)) return undefined;
    return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function formatIpv4(address: number): string {
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** @returns the range of `10.0.0.0/24` or of one address, or `undefined` where the text is neither */
export function parseRange(text: string): AddressRange | undefined {
    const [address = "", length, ...rest] = text.split("/");
    const first = parseIpv4(address);
    if (first === undefined || rest.length > 0) return undefined;
    if (length === undefined) return { first, last: first };
    if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
    const size = 2 ** (32 - Number(length));
    const start = first - (first % size);
    return { first: start, last: start + size - 1 };
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: AddressRange, other: AddressRange): boolean {
    return one.first <= other.last && other.first <= one.last;
}

/** Number of leading bits that are fixed in a range that CIDR notation can write. */
export function prefixLength(range: AddressRange): number {
    return 32 - Math.log2(range.last - range.first + 1);
}

/**
 * Reads a network in CIDR notation.
 *
 * @throws ValidationError where it is none, or where bits behind the prefix are set (Azure refuses both)
 */
export function checkCidr(argument: string, value: unknown): AddressRange {
    const range = typeof value === "string" && value.includes("/") ? parseRange(value) : undefined;
    if (range === undefined)
        throw new ValidationError(
            argument,
            value,
            "a network is written as address/bits (IPv4)",
            "write it like 10.20.1.0/24",
        );
    const [address, bits] = (value as string).split("/");
    if (parseIpv4(address!) !== range.first)
        throw new ValidationError(
            argument,
            value,
            "the address must be the network's first",
            `write ${formatIpv4(range.first)}/${bits}`,
        );
    return range;
}

/** The smallest subnet that a Flexible Server can be delegated (F74). */
export const LONGEST_SUBNET_PREFIX = 28;

/** @throws ValidationError where the subnet is smaller than /28 (F74) or not inside the address space */
export function checkDelegatedSubnet(argument: string, subnet: unknown, addressSpace?: unknown): void {
    const range = checkCidr(argument, subnet);
    if (prefixLength(range) > LONGEST_SUBNET_PREFIX)
        throw new ValidationError(
            argument,
            subnet,
            `a delegated subnet is /${LONGEST_SUBNET_PREFIX} or larger (F74)`,
            `write ${formatIpv4(range.first - (range.first % 16))}/${LONGEST_SUBNET_PREFIX} or a larger one`,
        );
    if (addressSpace === undefined) return;
    const space = checkCidr("addressSpace", addressSpace);
    if (!contains(space, range))
        throw new ValidationError(
            argument,
            subnet,
            `the subnet must be inside the address space ${String(addressSpace)}`,
            "choose a network inside it",
        );
}
