/** The report's words, the same in every form. Pure. */

import type {
    AccessReport,
    DatabaseAccess,
    GroupMember,
    Mark,
    Membership,
    Principal,
    SchemaAccess,
} from "../accessReport";

/** What a mark's kind says to a person. */
export const MARK_TITLES: Record<Mark["kind"], string> = {
    OutsideCode: "outside code",
    PasswordLogin: "login without identity",
    IdentityGone: "identity gone",
    Differs: "differs",
    ExtraAttribute: "superfluous right",
    ExtraMembership: "superfluous membership",
    ExtraPrivilege: "superfluous privilege",
    PublicPrivilege: "everybody's privilege",
    Missing: "missing",
    MissingMembership: "missing membership",
    MissingPrivilege: "missing privilege",
    DatabaseOutsideCode: "database outside code",
    DatabaseMissing: "database missing",
};

const KINDS: Record<Principal["kind"], string> = {
    User: "user",
    Group: "group",
    ServicePrincipal: "service principal",
    Password: "password login",
    Unknown: "identity",
};

export function kindOf(principal: Principal): string {
    return KINDS[principal.kind];
}

export function memberKind(kind: Principal["kind"] | null): string {
    return kind === null ? "other" : KINDS[kind];
}

export function yesNo(value: boolean | null): string {
    if (value === null) return "?";
    return value ? "yes" : "no";
}

/** Principals but the service's own, which nobody else can be. */
export function people(report: AccessReport): Principal[] {
    return report.principals.filter(({ origin }) => origin !== "service");
}

/** Who signs in through a group's role: its members but the groups among them, which get no token. `null`: not known. */
export function signers({ members }: Principal): GroupMember[] | null {
    return members && members.filter(({ kind }) => kind !== "Group");
}

/** Memberships that say something: not what the service's own groups are members of. */
export function ownMemberships({ memberships }: Principal): Membership[] {
    return memberships.filter(({ path }) => !path.some((role) => role.startsWith("azure")));
}

export function membershipWords({ role, path, inherits, usable }: Membership): string {
    const notes = [
        ...(path.length > 0 ? [`through ${path.join(", ")}`] : []),
        ...(usable ? (inherits ? [] : ["by SET ROLE"]) : ["ADMIN OPTION only"]),
    ];
    return notes.length > 0 ? `${role} (${notes.join("; ")})` : role;
}

/** `readwrite: write`, or the level alone. */
export function levelWords({ level, profiles }: DatabaseAccess): string {
    return profiles.length > 0 ? `${level} (${profiles.join(", ")})` : level;
}

/** `read orders, analytics · write billing`; where it is everywhere the same, `create in all 4 databases`. */
export function accessWords({ access }: Principal, databases: number): string {
    if (access.length === 0) return "no database";
    const byLevel = new Map<string, string[]>();
    for (const { level, database } of access) byLevel.set(level, [...(byLevel.get(level) ?? []), database]);
    if (byLevel.size === 1 && databases > 1 && access.length === databases)
        return `${access[0]!.level} in all ${databases} databases`;
    return [...byLevel].map(([level, list]) => `${level} ${list.join(", ")}`).join(" · ");
}

/** `public: USAGE; SELECT on 5 tables; USAGE, SELECT on 2 sequences`. What everybody has on functions is left out. */
export function schemaWords(schema: SchemaAccess): string {
    const own = schema.functions.filter(({ through }) => through.some((role) => role !== "PUBLIC"));
    const parts = [
        names(schema.privileges),
        ...objectWords(schema.tables, "table"),
        ...objectWords(schema.columns, "table", "columns of "),
        ...objectWords(schema.sequences, "sequence"),
        ...objectWords(own, "function"),
    ];
    return `${schema.schema}: ${parts.join("; ")}`;
}

export function names(grants: readonly { privilege: string }[]): string {
    return grants.map(({ privilege }) => privilege).join(", ");
}

/** Privileges with the same numbers stand together. */
function objectWords(grants: SchemaAccess["tables"], kind: string, part = ""): string[] {
    const groups = new Map<string, string[]>();
    for (const { privilege, objects, of } of grants) {
        const where = `${part}${objects === of ? of : `${objects} of ${of}`} ${kind}${of === 1 ? "" : "s"}`;
        groups.set(where, [...(groups.get(where) ?? []), privilege]);
    }
    return [...groups].map(([where, privileges]) => `${privileges.join(", ")} on ${where}`);
}

export function heading({ stack, server, generatedAt }: AccessReport): string {
    const when = `${generatedAt.slice(0, 16).replace("T", " ")} UTC`;
    return `stack ${stack}, PostgreSQL ${server.version}, read as ${server.signedInAs}, ${when}`;
}

/** Where a mark is, in words. */
export function markSubject({ role, database }: Mark): string {
    const where = database === null ? undefined : `database ${database}`;
    return [role, where].filter((part) => part !== undefined && part !== null).join(", ") || "server";
}

export function driftWords(report: AccessReport): string {
    const { length } = report.drift;
    if (length === 0) return "No drift: the server is as the stack declares it.";
    return `${length} ${length === 1 ? "thing differs" : "things differ"} from the stack.`;
}
