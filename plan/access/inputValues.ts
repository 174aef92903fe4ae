import { SECRET_MARK, UNKNOWN_MARK, type Properties } from "../planDocument";

/** What a plan's inputs hold, as plain values. Pure. */

/** An object id, where it is given and not only the deployment's to know. */
export function known(value: unknown): string | undefined {
    const objectId = optional(value);
    return objectId === UNKNOWN_MARK || objectId === SECRET_MARK ? undefined : objectId?.toLowerCase();
}

export function text(value: unknown): string {
    return typeof value === "string" ? value : value === undefined ? UNKNOWN_MARK : JSON.stringify(value);
}

export function optional(value: unknown): string | undefined {
    return value === undefined || value === null ? undefined : text(value);
}

export function map(value: unknown): Properties {
    return typeof value === "object" && value !== null ? (value as Properties) : {};
}

export function list(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

export function texts(value: unknown): string[] {
    return list(value).map(text);
}
