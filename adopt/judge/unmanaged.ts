/**
 * What is on the server beside the adopted configuration, by name. The access report's own judgement, with every database as if
 * its privileges were the stack's: so nothing that was granted by hand stays unsaid. Pure.
 */

import type { Mark } from "../../report/access/accessReport";
import {
    databaseWithoutProfiles,
    declaredBy,
    type DeclaredDatabase,
} from "../../report/access/judge/declared";
import { matchRoles } from "../../report/access/judge/match";
import { privilegeMarks } from "../../report/access/judge/privilegeMarks";
import { Memberships } from "../../report/access/judge/reach";
import { roleMarks } from "../../report/access/judge/roleMarks";
import type { StackConfig } from "../../stackConfig";
import type { LeftOut, ServerRoles } from "../existing";

/** What these say is in the list of left-out principals already, or is what adoption is about. */
const SAID_OTHERWISE: ReadonlySet<Mark["kind"]> = new Set(["Missing", "Differs", "DatabaseOutsideCode"]);

/**
 * @param profiles the databases whose profiles are as the project makes them
 * @param leftOut names of the principals that are left out, with their reasons, already
 */
export function unmanaged(
    { server, directory }: Pick<ServerRoles, "server" | "directory">,
    config: StackConfig,
    profiles: readonly DeclaredDatabase[],
    leftOut: ReadonlySet<string>,
): LeftOut[] {
    const asMade = new Map(profiles.map((database) => [database.name, database]));
    const declared = {
        ...declaredBy(config),
        databases: config.databases.map(
            ({ name }) => asMade.get(name) ?? databaseWithoutProfiles(name, true),
        ),
        profileRoles: new Set(profiles.flatMap((database) => [...database.profiles.keys()])),
    };
    const memberships = new Memberships(server.memberships, server.roles);
    const matches = matchRoles(server, declared, directory, memberships);
    return [
        ...roleMarks(matches, declared, directory, memberships),
        ...privilegeMarks(server, declared, matches),
    ]
        .filter(
            ({ kind, role }) => !SAID_OTHERWISE.has(kind) && !(kind === "OutsideCode" && leftOut.has(role!)),
        )
        .filter((mark) => !isDefault(mark))
        .map(note);
}

/** PostgreSQL lets everybody connect to a new database: nobody granted it. */
function isDefault({ kind, text }: Mark): boolean {
    return kind === "PublicPrivilege" && /^everybody has (CONNECT|TEMPORARY|, )+ on the database,/.test(text);
}

const KINDS: Partial<Record<Mark["kind"], LeftOut["kind"]>> = {
    OutsideCode: "role",
    PasswordLogin: "role",
    ExtraAttribute: "role",
    IdentityGone: "identity",
};

function note({ kind, role, database, text }: Mark): LeftOut {
    const where = database === null ? "" : `in the database '${database}' it `;
    const words = role === null || role === "PUBLIC" ? text : `${where}${text}`;
    return { kind: KINDS[kind] ?? "privilege", name: role ?? database ?? "", text: wording(kind, words) };
}

function wording(kind: Mark["kind"], text: string): string {
    if (kind === "OutsideCode" || kind === "PasswordLogin")
        return `stays unmanaged: ${text.replace(" that the stack does not declare", "")}`;
    return text.replace(", beside the profiles", "; it stays, and Pulumi does not know of it");
}
