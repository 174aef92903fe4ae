/**
 * PostgreSQL refuses to run as root: then it runs as `postgres` or, where there is no such user, as `nobody`.
 */

import { readFileSync } from "node:fs";

export interface UnixUser {
    name: string;
    uid: number;
    gid: number;
}

const CANDIDATES = ["postgres", "nobody"];

/**
 * Whom to start PostgreSQL as; `undefined` where this process is not root and so its own user will do.
 *
 * @throws Error where this process is root and the machine has none of the candidates. (A user id without an
 *     entry in /etc/passwd does not do: initdb looks it up.)
 */
export function unprivilegedUser(): UnixUser | undefined {
    if (process.getuid?.() !== 0) return undefined;
    const users = parsePasswd(readFileSync("/etc/passwd", "utf8"));
    for (const name of CANDIDATES) {
        const user = users.find((u) => u.name === name && u.uid > 0);
        if (user) return user;
    }
    throw new Error(
        `PostgreSQL does not run as root, and /etc/passwd has no user ${CANDIDATES.map((c) => `'${c}'`).join(" or ")}. ` +
            "Add one, or start as another user than root.",
    );
}

/** The entries of a passwd file. macOS writes `nobody` as -2, which is 2^32 - 2. */
export function parsePasswd(text: string): UnixUser[] {
    return text
        .split("\n")
        .map((line) => line.split(":"))
        .filter((fields) => fields.length >= 4 && /^-?\d+$/.test(fields[2]!) && /^-?\d+$/.test(fields[3]!))
        .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
}
