import * as pulumi from "@pulumi/pulumi";
import { parseIpv4 } from "./cidr";
import type { ServerFirewallRuleArgs } from "./flexibleServerArgs";
import { inOrder } from "./inOrder";
import { ValidationError } from "./validationError";

/** Firewall rules of a server or a cluster, by name, with ranges that are checked when their addresses are known. */
export function checkedFirewallRules(rules: ServerFirewallRuleArgs[] = []) {
    const named = rules.map((rule, i) => ({ ...rule, argument: `firewallRules[${i}]` }));
    return inOrder(named, ({ name }) => name).map(({ name, argument, startIpAddress, endIpAddress }) => {
        const range = pulumi.all([startIpAddress, endIpAddress]).apply(([start, end]) => {
            checkAddresses(argument, start, end);
            return { start, end };
        });
        return { firewallRuleName: name, startIpAddress: range.start, endIpAddress: range.end };
    });
}

/** @throws ValidationError where the addresses are no range, or all addresses there are */
export function checkAddresses(argument: string, start: string, end: string): void {
    const [first, last] = [parseIpv4(start), parseIpv4(end)];
    const wrong = first === undefined ? ["startIpAddress", start] : ["endIpAddress", end];
    if (first === undefined || last === undefined)
        throw new ValidationError(
            `${argument}.${wrong[0]}`,
            wrong[1],
            "this is an IPv4 address",
            "write it like 203.0.113.25",
        );
    if (first > last)
        throw new ValidationError(
            `${argument}.endIpAddress`,
            end,
            `the range begins with the lower address and ${start} is higher`,
            "exchange the two",
        );
    if (last - first === 2 ** 32 - 1)
        throw new ValidationError(
            argument,
            `${start}-${end}`,
            "this lets the whole internet try to sign in",
            "name the addresses that need access",
        );
}
