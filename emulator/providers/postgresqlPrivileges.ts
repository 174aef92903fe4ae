/** What the two resources of privileges share. */

import { identifier } from "../../components/provider/sql";
import type { SqlSession } from "./postgresqlSession";
import { PRIVILEGES } from "./postgresqlTables";

/** The role as SQL; `public` means everybody. */
export function grantee(role: string): string {
    return isPublic(role) ? "public" : identifier(role);
}

export function isPublic(role: string): boolean {
    return role.toLowerCase() === "public";
}

/** The oid by which access lists know a role, 0 for everybody; `undefined` where there is no such role. */
export async function granteeOid(session: SqlSession, role: string): Promise<string | undefined> {
    if (isPublic(role)) return "0";
    const { rows } = await session.query("select oid::text from pg_roles where rolname = $1", [role]);
    return rows[0]?.["oid"] as string | undefined;
}

/** Whether the privileges found are those wanted; `ALL` means every one of the type, and those of newer versions too. */
export function arePrivileges(
    objectType: string,
    wanted: readonly string[],
    found: readonly string[],
): boolean {
    if (wanted.includes("ALL"))
        return PRIVILEGES[objectType]!.every((privilege) => found.includes(privilege));
    return wanted.length === found.length && wanted.every((privilege) => found.includes(privilege));
}
