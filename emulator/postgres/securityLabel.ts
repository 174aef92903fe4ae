/**
 * Labels bind roles to Entra identities. Two layouts are seen on real servers: the documented one, all in
 * `pgaadauth`, and one with `pgaadauth` = «aadauth» and the rest in `pgaadauth-int` =
 * «type=group,oid=…,tenant_id=…». Readers take both.
 */

export type LabelType = "user" | "group" | "service";

export interface SecurityLabel {
    /** Lower case. */
    objectId: string;
    type: LabelType;
    admin: boolean;
    /** Whether the token must prove a second factor (F66). */
    mfa: boolean;
}

/** The binding that a role's labels state together; `undefined` where they state none. */
export function parseLabels(labels: readonly string[]): SecurityLabel | undefined {
    const parts = labels.flatMap((label) => label.split(","));
    const value = (key: string): string | undefined =>
        parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
    const objectId = value("oid")?.toLowerCase();
    const type = value("type");
    if (!objectId || (type !== "user" && type !== "group" && type !== "service")) return undefined;
    return { objectId, type, admin: parts.includes("admin"), mfa: parts.includes("mfa") };
}

/** In the documented layout. How the real label holds MFA is not known; here it is a last word «mfa». */
export function formatLabel(label: SecurityLabel): string {
    const flags = `${label.admin ? ",admin" : ""}${label.mfa ? ",mfa" : ""}`;
    return `aadauth,oid=${label.objectId},type=${label.type}${flags}`;
}
