/** The report as Markdown, for a pull request or a wiki. Names are escaped: they are text, never markup. Pure. */

import type { AccessReport, DatabaseReport } from "../accessReport";
import { visible } from "../../visible";
import * as words from "./words";

export function renderMarkdown(report: AccessReport): string {
    const parts = [
        `# Access to ${escaped(report.server.host)}`,
        escaped(`${words.heading(report)}.`),
        `**${words.driftWords(report)}**`,
        list("Not checked", report.notChecked),
        drift(report),
        principals(report),
        members(report),
        access(report),
        ...report.databases.map(database),
    ];
    return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Everything that Markdown or HTML gives a meaning to, as itself. */
export function escaped(text: string): string {
    return visible(text)
        .replace(/[\\`*_{}[\]()#+!|~>$@:]/g, "\\$&")
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll("www.", "www\\.");
}

function list(title: string, texts: string[]): string {
    if (texts.length === 0) return "";
    return `## ${title}\n\n${texts.map((text) => `- ${escaped(text)}`).join("\n")}`;
}

function table(title: string, head: string[], rows: string[][]): string {
    if (rows.length === 0) return "";
    const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
    const body = rows.map((row) => line(row.map(escaped)));
    return [`## ${title}\n`, line(head), line(head.map(() => "---")), ...body].join("\n");
}

function drift(report: AccessReport): string {
    const rows = report.drift.map((m) => [words.MARK_TITLES[m.kind], words.markSubject(m), m.text, m.fix]);
    return table("What differs from the stack", ["what", "where", "so it is", "what to do"], rows);
}

function principals(report: AccessReport): string {
    const rows = words
        .people(report)
        .map((p) => [
            p.role,
            words.kindOf(p),
            p.objectId ?? "",
            words.yesNo(p.admin),
            words.yesNo(p.mfa),
            words.ownMemberships(p).map(words.membershipWords).join(", "),
        ]);
    return table("Who can sign in", ["role", "kind", "object id", "admin", "MFA", "member of"], rows);
}

function members(report: AccessReport): string {
    const rows = words
        .people(report)
        .flatMap((p) =>
            (words.signers(p) ?? []).map((m) => [p.role, m.name ?? "", words.memberKind(m.kind), m.objectId]),
        );
    return table("Who signs in through a group", ["role", "who", "kind", "object id"], rows);
}

function access(report: AccessReport): string {
    const rows = words
        .people(report)
        .flatMap(({ role, access }) =>
            access.map((a) => [
                role,
                a.database,
                words.levelWords(a),
                words.names(a.privileges),
                a.schemas?.map(words.schemaWords).join(" / ") ?? "not read",
            ]),
        );
    const head = ["role", "database", "may (profile)", "on the database", "in its schemas"];
    return table("What they may do", head, rows);
}

function database(report: DatabaseReport): string {
    const schemas = report.schemas.flatMap((schema) => [
        ...schema.privileges.map(({ role, privileges }) => [
            `schema ${schema.schema}`,
            role,
            privileges.join(", "),
        ]),
    ]);
    const later = report.defaultPrivileges.map(({ owner, role, schema, kind, privileges }) => [
        `later ${kind}s of ${owner}${schema === null ? "" : ` in ${schema}`}`,
        role,
        privileges.join(", "),
    ]);
    const own = report.privileges.map(({ role, privileges }) => ["database", role, privileges.join(", ")]);
    const title = `Database ${escaped(report.database)}, of ${escaped(report.owner)}`;
    return table(title, ["on", "role", "privileges"], [...own, ...schemas, ...later]);
}
