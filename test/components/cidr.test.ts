import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "../support/properties";
import {
    checkCidr,
    checkDelegatedSubnet,
    contains,
    formatIpv4,
    overlaps,
    parseIpv4,
    parseRange,
    prefixLength,
} from "../../components/index";

const address = fc.nat({ max: 2 ** 32 - 1 });
const bits = fc.integer({ min: 0, max: 32 });
/** A network whose address is the first one. */
const network = fc.tuple(address, bits).map(([start, length]) => {
    const size = 2 ** (32 - length);
    return { first: start - (start % size), length, text: `${formatIpv4(start - (start % size))}/${length}` };
});

describe("IPv4 addresses and networks", () => {
    test("an address is read as it was written", () => {
        fc.assert(fc.property(address, (a) => assert.equal(parseIpv4(formatIpv4(a)), a)));
    });

    for (const text of [
        "",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.x",
        " 1.2.3.4",
        "1.2.3.4 ",
        "0x7f.1.1.1",
        "::1",
    ])
        test(`${JSON.stringify(text)} is no address`, () => assert.equal(parseIpv4(text), undefined));
    for (const text of [
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/x",
        "10.0.0.0/8/8",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
    ])
        test(`${text} is no network`, () => assert.equal(parseRange(text), undefined));

    test("a network has 2^(32 - bits) addresses, and the first of them is its own", () => {
        fc.assert(
            fc.property(network, ({ text, first, length }) => {
                const range = checkCidr("network", text);
                assert.equal(range.first, first);
                assert.equal(range.last - range.first + 1, 2 ** (32 - length));
                assert.equal(prefixLength(range), length);
            }),
        );
    });

    test("an address that is not the network's first is refused, and the message names the first", () => {
        fc.assert(
            fc.property(network, address, ({ text, first, length }, other) => {
                const inside = first + (other % 2 ** (32 - length));
                fc.pre(inside !== first);
                const wrong = `${formatIpv4(inside)}/${length}`;
                assert.throws(
                    () => checkCidr("network", wrong),
                    new RegExp(`write ${text.replaceAll(".", "\\.")}`),
                );
            }),
        );
    });

    test("contains and overlaps agree with looking at the ends; networks contain or avoid each other", () => {
        fc.assert(
            fc.property(network, network, (a, b) => {
                const [one, other] = [parseRange(a.text)!, parseRange(b.text)!];
                assert.equal(overlaps(one, other), contains(one, other) || contains(other, one));
                assert.equal(contains(one, one), true);
            }),
        );
    });

    test("F74: exactly the networks of /28 and larger can be a delegated subnet", () => {
        fc.assert(
            fc.property(network, ({ text, length }) => {
                const check = () => checkDelegatedSubnet("subnet", text);
                if (length <= 28) check();
                else assert.throws(check, /F74/);
            }),
        );
    });

    test("a subnet must be inside its address space", () => {
        fc.assert(
            fc.property(network, network, (space, subnet) => {
                fc.pre(subnet.length <= 28);
                const check = () => checkDelegatedSubnet("subnet", subnet.text, space.text);
                if (contains(parseRange(space.text)!, parseRange(subnet.text)!)) check();
                else assert.throws(check, /inside the address space/);
            }),
        );
    });
});
