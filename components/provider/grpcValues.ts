/**
 * Values on the wire: `google.protobuf.Struct` to plain JavaScript and back.
 *
 * The server declines secrets, resources and outputs, so the engine unwraps them; provider configuration comes
 * wrapped all the same, so a wrapped secret is opened here. Assets, archives and resource references are refused.
 */
import { ListValue, NullValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type PropertyMap } from "./resourceProvider";

/** The key that marks a wrapped value (the SDK's `specialSigKey`), and what the marks mean. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFUSED: Record<string, string> = {
    c44067f5952c0a294b673a41bacd8c17: "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a resource reference",
};

/** Every kind of unknown (boolean, number, array, asset, archive, object) reads as the one that providers know. */
const UNKNOWNS = new Set([
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** @throws Error where the struct holds an asset, an archive or a resource reference. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
    if (!struct) return {};
    const entries: [string, unknown][] = [];
    struct.getFieldsMap().forEach((value, key) => entries.push([key, fromValue(value, key)]));
    // fromEntries, not assignment: a key named `__proto__` must stay a key.
    return Object.fromEntries(entries);
}

function fromValue(value: Value, path: string): unknown {
    switch (value.getKindCase()) {
        case Value.KindCase.BOOL_VALUE:
            return value.getBoolValue();
        case Value.KindCase.NUMBER_VALUE:
            return value.getNumberValue();
        case Value.KindCase.STRING_VALUE: {
            const text = value.getStringValue();
            return UNKNOWNS.has(text) ? UNKNOWN : text;
        }
        case Value.KindCase.LIST_VALUE:
            return value
                .getListValue()!
                .getValuesList()
                .map((item, index) => fromValue(item, `${path}[${index}]`));
        case Value.KindCase.STRUCT_VALUE:
            return unwrap(fromStruct(value.getStructValue()), path);
        default:
            return null;
    }
}

function unwrap(map: PropertyMap, path: string): unknown {
    const signature = map[SIGNATURE];
    if (typeof signature !== "string") return map;
    if (signature === SECRET) return map["value"] ?? null;
    if (signature === OUTPUT) return "value" in map ? map["value"] : UNKNOWN;
    throw new Error(
        `'${path}' is ${REFUSED[signature] ?? "a special value"}, which no resource of this package takes`,
    );
}

/** Leaves out what is `undefined`. @throws Error for values that have no JSON form, such as functions. */
export function toStruct(map: PropertyMap): Struct {
    const struct = new Struct();
    const fields = struct.getFieldsMap();
    for (const [key, value] of Object.entries(map)) {
        if (value !== undefined) fields.set(key, toValue(value, key));
    }
    return struct;
}

function toValue(value: unknown, path: string): Value {
    const out = new Value();
    if (value === null || value === undefined) {
        out.setNullValue(NullValue.NULL_VALUE);
        return out;
    }
    switch (typeof value) {
        case "boolean":
            out.setBoolValue(value);
            return out;
        case "number":
            out.setNumberValue(value);
            return out;
        case "string":
            out.setStringValue(value);
            return out;
        case "object": {
            if (Array.isArray(value)) {
                const list = new ListValue();
                list.setValuesList(value.map((item, index) => toValue(item, `${path}[${index}]`)));
                out.setListValue(list);
            } else {
                out.setStructValue(toStruct(value as PropertyMap));
            }
            return out;
        }
        default:
            throw new Error(`'${path}' is a ${typeof value}, which no resource property can be`);
    }
}
