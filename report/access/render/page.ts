/** The report as one page that needs nothing else: no request leaves it, and its policy allows none. Pure. */

import type { AccessReport, DatabaseReport, Mark } from "../accessReport";
import { accessGraph, type AccessGraph } from "./graph";
import { html, trusted, type Html } from "./html";
import { picture } from "./picture";
import { principalDetails } from "./principalDetails";
import * as words from "./words";

export interface PageAssets {
    style: string;
    script: string;
    /** Hashes of both, as a content security policy writes them: `sha256-…`. */
    styleHash: string;
    scriptHash: string;
}

export function renderPage(report: AccessReport, assets: PageAssets): string {
    const graph = accessGraph(report);
    const policy = [
        "default-src 'none'",
        `style-src '${assets.styleHash}'`,
        `script-src '${assets.scriptHash}'`,
        "base-uri 'none'",
        "form-action 'none'",
    ].join("; ");
    return html`<!doctype html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta http-equiv="Content-Security-Policy" content="${policy}" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="referrer" content="no-referrer" />
                <meta name="color-scheme" content="light dark" />
                <title>Access to ${report.server.host}</title>
                ${trusted(`<style>${assets.style}</style>`)}
            </head>
            <body>
                ${header(report)}
                <main>
                    ${search(graph)} ${picture(graph)} ${drift(report)} ${notChecked(report)}
                    <section aria-labelledby="principals-title">
                        <h2 id="principals-title">Who can sign in</h2>
                        ${graph.roles.map((role) => principalDetails(role, report.drift))}
                    </section>
                    <section aria-labelledby="databases-title">
                        <h2 id="databases-title">Databases</h2>
                        ${report.databases.map((database) => databaseDetails(database, graph))}
                    </section>
                </main>
                ${trusted(`<script>${assets.script}</script>`)}
            </body>
        </html> `.text;
}

function header(report: AccessReport): Html {
    const shown = words.people(report);
    const figures: [number, string][] = [
        [shown.filter((p) => p.canSignIn).length, "roles can sign in"],
        [shown.filter((p) => p.admin).length, "of them administrators"],
        [report.databases.length, "databases"],
    ];
    const differ = report.drift.length;
    return html`<header>
        <h1>Access to <bdi>${report.server.host}</bdi></h1>
        <p class="facts">${words.heading(report)}</p>
        <ul class="figures">
            ${figures.map(([number, what]) => html`<li><b>${number}</b> ${what}</li> `)}
            <li class="${differ > 0 ? "bad" : "good"}">
                <b>${differ}</b> ${differ === 1 ? "thing differs" : "things differ"} from the stack
            </li>
        </ul>
    </header>`;
}

function search(graph: AccessGraph): Html {
    const { length } = graph.roles;
    return html`<search class="search">
        <label for="search">Find an identity, a role, an object id or a database</label>
        <input
            id="search"
            type="search"
            autocomplete="off"
            spellcheck="false"
            aria-controls="picture"
            aria-keyshortcuts="/"
        />
        <output id="found" for="search" aria-live="polite" data-all="${length}">${length} roles</output>
    </search>`;
}

function drift({ drift: marks }: AccessReport): Html {
    if (marks.length === 0)
        return html`<section aria-labelledby="drift-title">
            <h2 id="drift-title">What differs from the stack</h2>
            <p class="good">Nothing: the server is as the stack declares it.</p>
        </section>`;
    return html`<section aria-labelledby="drift-title">
        <h2 id="drift-title">What differs from the stack</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="drift-title">
            <table>
                <thead>
                    <tr>
                        <th scope="col">what</th>
                        <th scope="col">where</th>
                        <th scope="col">so it is</th>
                        <th scope="col">what to do</th>
                    </tr>
                </thead>
                <tbody>
                    ${marks.map(markRow)}
                </tbody>
            </table>
        </div>
    </section>`;
}

function markRow(mark: Mark): Html {
    const subject = words.markSubject(mark);
    return html`<tr data-text="${subject} ${mark.text} ${words.MARK_TITLES[mark.kind]}">
        <td><span class="kind">${words.MARK_TITLES[mark.kind]}</span></td>
        <td><bdi>${subject}</bdi></td>
        <td><bdi>${mark.text}</bdi></td>
        <td><bdi>${mark.fix}</bdi></td>
    </tr> `;
}

function notChecked({ notChecked: list }: AccessReport): Html {
    if (list.length === 0) return html``;
    return html`<section aria-labelledby="unchecked-title">
        <h2 id="unchecked-title">Not checked</h2>
        <ul>
            ${list.map((text) => html`<li><bdi>${text}</bdi></li>`)}
        </ul>
    </section>`;
}

function databaseDetails(database: DatabaseReport, graph: AccessGraph): Html {
    const id = graph.databases.find(({ name }) => name === database.database)?.id;
    const rows: [string, string, string][] = [
        ...database.privileges.map(({ role, privileges }): [string, string, string] => [
            "the database",
            role,
            privileges.join(", "),
        ]),
        ...database.schemas.flatMap(({ schema, privileges }) =>
            privileges.map((p): [string, string, string] => [
                `schema ${schema}`,
                p.role,
                p.privileges.join(", "),
            ]),
        ),
        ...database.defaultPrivileges.map((d): [string, string, string] => [
            `later ${d.kind}s of ${d.owner}${d.schema === null ? "" : ` in ${d.schema}`}`,
            d.role,
            d.privileges.join(", "),
        ]),
    ];
    const note = [
        `belongs to ${database.owner}`,
        ...(database.declared ? [] : ["not declared by the stack"]),
        ...(database.read ? [] : ["its inside could not be read"]),
    ].join("; ");
    return html`<details ${id ? html`id="${id}-details"` : ""} data-text="${database.database}">
        <summary>
            <span class="name"><bdi>${database.database}</bdi></span>
            <span class="second"><bdi>${note}</bdi></span>
        </summary>
        <table>
            <thead>
                <tr>
                    <th scope="col">on</th>
                    <th scope="col">role</th>
                    <th scope="col">privileges</th>
                </tr>
            </thead>
            <tbody>
                ${rows.map(
                    ([on, role, what]) =>
                        html`<tr>
                            <td><bdi>${on}</bdi></td>
                            <td><bdi>${role}</bdi></td>
                            <td>${what}</td>
                        </tr> `,
                )}
            </tbody>
        </table>
    </details> `;
}
