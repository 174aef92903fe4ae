import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { UNKNOWN } from "../components/provider/resourceProvider";
import { SECRET_MARK, UNKNOWN_MARK, type Properties } from "./planDocument";

/** From the engine's wire form, where secrets and unknown values are marked by signatures, to what people may read. Pure. */

type Wire = Record<string, unknown>;

/** Stands for the tenant of whoever runs Pulumi while the program is evaluated; shown as unknown. */
export const UNKNOWN_TENANT = "5e7d1c1e-9a52-4d0b-8f0e-3b6c2a94d7f1";

/** Properties with secrets and unknown values masked, keys sorted, what is not given left out. */
export function readable(wire: Wire): Properties {
    return masked(wire) as Properties;
}

function masked(value: unknown): unknown {
    if (value === UNKNOWN) return UNKNOWN_MARK;
    if (typeof value === "string") return value.replaceAll(UNKNOWN_TENANT, UNKNOWN_MARK);
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value !== "object" || value === null) return value;
    const wire = value as Wire;
    return wire[rpc.specialSigKey] === undefined ? sortedMap(wire) : special(wire);
}

function sortedMap(wire: Wire): Properties {
    const given = Object.keys(wire).filter((key) => wire[key] !== undefined && wire[key] !== null);
    return Object.fromEntries(given.sort().map((key) => [key, masked(wire[key])]));
}

function special(wire: Wire): unknown {
    switch (wire[rpc.specialSigKey]) {
        case rpc.specialSecretSig:
            return SECRET_MARK;
        case rpc.specialResourceSig:
            return wire.urn;
        case rpc.specialOutputValueSig:
            if (wire.secret) return SECRET_MARK;
            return wire.value === undefined ? UNKNOWN_MARK : masked(wire.value);
        default:
            return "[asset]";
    }
}

/** As a provider's `check` receives them: secrets unwrapped, unknown values as the engine marks them. */
export function unwrapped(wire: Wire): Properties {
    const unwrap = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(unwrap);
        if (typeof value !== "object" || value === null) return value;
        const inner = value as Wire;
        if (inner[rpc.specialSigKey] === rpc.specialSecretSig) return unwrap(inner.value);
        return Object.fromEntries(Object.entries(inner).map(([key, v]) => [key, unwrap(v)]));
    };
    return unwrap(wire) as Properties;
}
