/**
 * The shortest time that Azure's rules allow for a deployment: what must be there before what, and one operation at a time on a server.
 * It knows the rules and the operations, and nothing of the program. Pure.
 */

export interface Operation {
    /** Type without its package, for instance `Server`. */
    type: string;
    name: string;
    /** Simulated duration in milliseconds. */
    duration: number;
}

export interface Forced {
    /** Milliseconds. */
    length: number;
    /** The operations on the longest path, in order. */
    path: Operation[];
}

/** What must be there before an operation of the type begins, and why. */
const AFTER: Record<string, string[]> = {
    ResourceGroup: [],
    // Within a group.
    NetworkSecurityGroup: ["ResourceGroup"],
    RouteTable: ["ResourceGroup"],
    VirtualNetwork: ["ResourceGroup"],
    PrivateZone: ["ResourceGroup"],
    // Parts of something.
    SecurityRule: ["NetworkSecurityGroup"],
    Route: ["RouteTable"],
    VirtualNetworkLink: ["PrivateZone", "VirtualNetwork"],
    // The subnet names its security group and its routes; their rules come first, so that no server is without them (F10, F11).
    Subnet: ["VirtualNetwork", "SecurityRule", "Route"],
    // The zone must be linked to the network (F75).
    Server: ["ResourceGroup", "Subnet", "VirtualNetworkLink"],
};

/** What belongs to a server: after it, and one after another (F70). */
const ON_SERVER = ["Configuration", "FirewallRule", "AdministratorsMicrosoftEntra", "Database"];

/** @throws Error for a type whose rules are not known here. */
export function forcedPath(operations: Operation[]): Forced {
    const finished = new Map<string, Forced>();
    const finish = (type: string): Forced => {
        const known = finished.get(type);
        if (known) return known;
        const after = AFTER[type];
        if (!after) throw new Error(`the rules for '${type}' are not known`);
        const before = longest(after.map(finish));
        const own = longest(operations.filter((o) => o.type === type).map((o) => then(before, o)));
        finished.set(type, own.path.length > 0 ? own : before);
        return finished.get(type)!;
    };
    const ends = operations.filter((o) => !ON_SERVER.includes(o.type)).map((o) => finish(o.type));
    const server = finish("Server");
    const onServer = operations.filter((o) => ON_SERVER.includes(o.type)).reduce(then, server);
    return longest([...ends, onServer]);
}

function then({ length, path }: Forced, operation: Operation): Forced {
    return { length: length + operation.duration, path: [...path, operation] };
}

function longest(paths: Forced[]): Forced {
    return paths.reduce((one, other) => (other.length > one.length ? other : one), { length: 0, path: [] });
}
