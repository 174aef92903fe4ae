/** The report for a terminal. Pure; colours are the caller's. */

import type { Style } from "../../style";
import { terminalTable, type Column } from "../../terminalTable";
import { visible } from "../../visible";
import type { AccessReport, DatabaseAccess, GroupMember, Mark, Principal } from "../accessReport";
import * as words from "./words";

export function renderText(report: AccessReport, style: Style, width: number): string {
    const title = `${style.bold(`Access to ${visible(report.server.host)}`)}\n${style.dim(visible(words.heading(report)))}`;
    const sections = [
        title,
        section("Who can sign in", principals(report, style, width), style),
        section("Who signs in through a group", members(report, width), style),
        section("What they may do", access(report, width), style),
        section("What owners make later is for", defaults(report, width), style),
        section("What differs from the stack", drift(report, style, width), style),
        notChecked(report, style),
        report.drift.length > 0 ? style.bad(words.driftWords(report)) : style.good(words.driftWords(report)),
    ];
    return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function section(title: string, body: string, style: Style): string {
    return body === "" ? "" : `${style.bold(title)}\n${body}`;
}

/** A table whose cells hold names that others chose. */
function table<Row>(columns: Column<Row>[], rows: Row[], width: number): string {
    return rows.length === 0 ? "" : terminalTable(columns, rows, width);
}

const safe =
    <Row>(value: (row: Row) => string) =>
    (row: Row) =>
        visible(value(row));

function principals(report: AccessReport, style: Style, width: number): string {
    const marked = new Set(report.drift.map(({ role }) => role));
    const service = report.principals.filter(({ origin }) => origin === "service").map(({ role }) => role);
    const note =
        service.length > 0 ? `\n${style.dim(`The service's own: ${visible(service.join(", "))}.`)}` : "";
    const columns: Column<Principal>[] = [
        { title: "", value: (p) => (marked.has(p.role) ? style.bad("✗") : style.good("✓")) },
        { title: "role", value: safe((p) => p.role) },
        { title: "kind", value: (p) => words.kindOf(p) },
        { title: "object id", value: safe((p) => p.objectId ?? "") },
        { title: "admin", value: (p) => words.yesNo(p.admin) },
        { title: "MFA", value: (p) => words.yesNo(p.mfa) },
        {
            title: "member of",
            value: safe((p) =>
                words
                    .ownMemberships(p)
                    .filter((m) => m.usable)
                    .map(words.membershipWords)
                    .join(", "),
            ),
        },
    ];
    return table(columns, words.people(report), width) + note;
}

function members(report: AccessReport, width: number): string {
    type Row = { role: string; member: GroupMember };
    const rows = words
        .people(report)
        .flatMap((p): Row[] => (words.signers(p) ?? []).map((member) => ({ role: p.role, member })));
    const columns: Column<Row>[] = [
        { title: "role", value: safe((row) => row.role) },
        { title: "who", value: safe((row) => row.member.name ?? "(not to be read)") },
        { title: "kind", value: (row) => words.memberKind(row.member.kind) },
        { title: "object id", value: (row) => row.member.objectId },
    ];
    return table(columns, rows, width);
}

function access(report: AccessReport, width: number): string {
    type Row = { role: string; access: DatabaseAccess };
    const rows = words
        .people(report)
        .flatMap(({ role, access }): Row[] => access.map((entry) => ({ role, access: entry })));
    const columns: Column<Row>[] = [
        { title: "role", value: safe((row) => row.role) },
        { title: "database", value: safe((row) => row.access.database) },
        { title: "may (profile)", value: (row) => words.levelWords(row.access) },
        { title: "on the database", value: (row) => words.names(row.access.privileges) },
        {
            title: "in its schemas",
            value: safe((row) => row.access.schemas?.map(words.schemaWords).join(" | ") ?? "not read"),
        },
    ];
    return table(columns, rows, width);
}

function defaults(report: AccessReport, width: number): string {
    type Row = { database: string; owner: string; role: string; what: string[] };
    const rows = new Map<string, Row>();
    for (const { database, defaultPrivileges } of report.databases)
        for (const { owner, role, schema, kind, privileges } of defaultPrivileges) {
            const key = JSON.stringify([database, owner, role]);
            const row = rows.get(key) ?? { database, owner, role, what: [] };
            const where = schema === null ? "" : ` in ${schema}`;
            row.what.push(`${privileges.join(", ")} on ${kind}s${where}`);
            rows.set(key, row);
        }
    const columns: Column<Row>[] = [
        { title: "database", value: safe((row) => row.database) },
        { title: "owner", value: safe((row) => row.owner) },
        { title: "for", value: safe((row) => row.role) },
        { title: "privileges", value: safe((row) => row.what.join("; ")) },
    ];
    return table(columns, [...rows.values()], width);
}

function drift(report: AccessReport, style: Style, width: number): string {
    const columns: Column<Mark>[] = [
        { title: "what", value: (m) => style.bad(words.MARK_TITLES[m.kind]) },
        { title: "where", value: safe(words.markSubject) },
        { title: "so it is, and what to do", value: safe((m) => `${m.text}. → ${m.fix}`) },
    ];
    return table(columns, report.drift, width);
}

function notChecked({ notChecked: list }: AccessReport, style: Style): string {
    if (list.length === 0) return "";
    return `${style.bold("Not checked")}\n${list.map((text) => `- ${visible(text)}`).join("\n")}`;
}
