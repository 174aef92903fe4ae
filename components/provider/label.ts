/**
 * The security label that ties a role to a Microsoft Entra identity (F64), in both layouts seen on real servers:
 * - documented: provider `pgaadauth`, `aadauth,oid=<object id>,type=<user|group|service>[,admin]`;
 * - older: `pgaadauth` holds only `aadauth`, and `pgaadauth-int` holds `type=group,oid=…,tenant_id=…`.
 *
 * How the real label says that MFA is required is not documented; public code reads and writes `,mfa`. Therefore a
 * change of it is checked against `pgaadauth_list_principals` before anything is committed.
 */

export type PrincipalKind = "User" | "Group" | "ServicePrincipal";

export interface EntraLabel {
    /** GUID in lower case. */
    objectId: string;
    kind: PrincipalKind | undefined;
    admin: boolean;
    mfa: boolean;
}

/** The names that pgaadauth uses (F62). */
export const LABEL_TYPES: Record<PrincipalKind, string> = {
    User: "user",
    Group: "group",
    ServicePrincipal: "service",
};
const KINDS = Object.fromEntries(
    Object.entries(LABEL_TYPES).map(([kind, type]) => [type, kind as PrincipalKind]),
);

/** @param labels [provider, text] pairs of one role. `undefined` where none of them names an object id. */
export function parseLabels(labels: [string, string][]): EntraLabel | undefined {
    const parts = labels
        .filter(([provider]) => provider === "pgaadauth" || provider === "pgaadauth-int")
        .flatMap(([, text]) => text.split(",").map((part) => part.trim()));
    const valueOf = (key: string) => parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
    const objectId = valueOf("oid")?.toLowerCase();
    if (!objectId) return undefined;
    return {
        objectId,
        kind: KINDS[valueOf("type") ?? ""],
        admin: parts.includes("admin"),
        mfa: parts.includes("mfa"),
    };
}

/** The label's text in the documented layout. */
export function labelText(label: {
    objectId: string;
    kind: PrincipalKind;
    admin: boolean;
    mfa: boolean;
}): string {
    const flags = `${label.admin ? ",admin" : ""}${label.mfa ? ",mfa" : ""}`;
    return `aadauth,oid=${label.objectId},type=${LABEL_TYPES[label.kind]}${flags}`;
}
