import { overlaps, parseRange, prefixLength } from "./cidr";
import { knownNetworks } from "./securityRuleEvaluation";

/** Decides which way a route table sends traffic to a service tag. Pure. */

export interface TableRoute {
    name: string;
    /** A network in CIDR notation or a service tag. */
    addressPrefix: string;
    /** `Internet`, `VnetLocal`, `VirtualAppliance`, `VirtualNetworkGateway` or `None`. */
    nextHopType: string;
}

/**
 * The route that keeps traffic to the tag from reaching it directly, or `undefined` where none does (F11).
 *
 * Azure takes the longest prefix; a network of the same length wins over a service tag. Without any route, the system's
 * own default route leads to the internet.
 */
export function detour(routes: readonly TableRoute[], tag: string): TableRoute | undefined {
    const astray = (route: TableRoute) => route.nextHopType !== "Internet";
    const longer = routes.find((route) => astray(route) && overridesTag(route, tag));
    if (longer) return longer;
    const own = routes.find((route) => route.addressPrefix.toLowerCase() === tag.toLowerCase());
    if (own) return astray(own) ? own : undefined;
    return routes.find((route) => astray(route) && leadsToTag(route, tag));
}

/** A network at least as narrow as a known one of the tag, and inside it: it wins over the tag's own route. */
function overridesTag(route: TableRoute, tag: string): boolean {
    const range = parseRange(route.addressPrefix);
    return (
        range !== undefined &&
        knownNetworks(tag).some(
            (known) => overlaps(known, range) && prefixLength(range) >= prefixLength(known),
        )
    );
}

function leadsToTag(route: TableRoute, tag: string): boolean {
    const range = parseRange(route.addressPrefix);
    if (range === undefined) return false;
    return prefixLength(range) === 0 || knownNetworks(tag).some((known) => overlaps(known, range));
}
