import type { Recording } from "./recorder";

/** What each security rule does, in short: name, priority, direction, access, protocol, from, to, port. */
export const rulesOf = (recording: Recording<unknown>) =>
    recording.all("SecurityRule").map(({ name, inputs: i }) => {
        const to = i["destinationAddressPrefix"] ?? i["destinationAddressPrefixes"];
        return [
            name,
            i["priority"],
            i["direction"],
            i["access"],
            i["protocol"],
            i["sourceAddressPrefix"],
            to,
            i["destinationPortRange"],
        ];
    });
