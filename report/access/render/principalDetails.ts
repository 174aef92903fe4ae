/** One principal on the page: a line that opens. Pure. */

import type { Mark, Principal } from "../accessReport";
import type { RoleNode } from "./graph";
import { html, type Html } from "./html";
import * as words from "./words";

const ORIGINS: Record<Principal["origin"], string> = {
    administrator: "administrator of the stack",
    principal: "principal of the stack",
    groupSync: "made by group sync for a member of a group",
    service: "the service's own",
    outside: "not declared by the stack",
};

export function principalDetails({ id, principal, marked }: RoleNode, drift: readonly Mark[]): Html {
    const marks = drift.filter(({ role }) => role === principal.role);
    return html`<details class="${marked && "problem"}" id="${id}-details" data-role="${id}">
        <summary>
            <span class="name"><bdi>${principal.role}</bdi></span
            >${marked && html`<span class="flag" aria-hidden="true">!</span><span class="away">, differs from the stack</span>`}
            <span class="second">${summary(principal)}</span>
        </summary>
        <dl>
            ${facts(principal).map(
                ([term, text]) =>
                    html`<dt>${term}</dt>
                        <dd><bdi>${text}</bdi></dd> `,
            )}
        </dl>
        ${
            marks.length > 0 &&
            html`<ul class="marks">
                ${marks.map((m) => html`<li><span class="kind">${words.MARK_TITLES[m.kind]}</span> <bdi>${m.text}. ${m.fix}</bdi></li>`)}
            </ul>`
        }
        ${members(principal)} ${access(principal)}
    </details> `;
}

function summary(principal: Principal): string {
    const { admin, mfa, canSignIn } = principal;
    const members = words.signers(principal);
    return [
        words.kindOf(principal),
        ...(admin ? ["administrator"] : []),
        ...(mfa ? ["second factor"] : []),
        ...(members ? [`${members.length} ${members.length === 1 ? "member" : "members"}`] : []),
        ...(canSignIn ? [] : ["cannot sign in now"]),
    ].join(" · ");
}

function facts(principal: Principal): [string, string][] {
    const { objectId, displayName, exists, origin, mfa, attributes, connectionLimit } = principal;
    const memberships = words.ownMemberships(principal).map(words.membershipWords).join(", ");
    return [
        ["declared", ORIGINS[origin]],
        ...(objectId ? ([["object id", objectId]] as [string, string][]) : []),
        ...(displayName ? ([["display name", displayName]] as [string, string][]) : []),
        ["identity", existence(objectId, exists)],
        ["second factor", words.yesNo(mfa)],
        ...(attributes.length > 0 ? ([["rights", attributes.join(", ")]] as [string, string][]) : []),
        ...(connectionLimit >= 0
            ? ([["connections", `at most ${connectionLimit}`]] as [string, string][])
            : []),
        ["member of", memberships || "nothing"],
    ];
}

function existence(objectId: string | null, exists: boolean | null): string {
    if (objectId === null) return "none: it signs in with a password";
    if (exists === null) return "not checked";
    return exists ? "exists in Microsoft Entra" : "does not exist in Microsoft Entra any more";
}

function members(principal: Principal): Html {
    const list = words.signers(principal);
    if (!list || list.length === 0) return html``;
    return html`<h4>Who signs in through it</h4>
        <table>
            <thead>
                <tr>
                    <th scope="col">who</th>
                    <th scope="col">kind</th>
                    <th scope="col">object id</th>
                </tr>
            </thead>
            <tbody>
                ${list.map(
                    (m) =>
                        html`<tr>
                            <td><bdi>${m.name ?? "(not to be read)"}</bdi></td>
                            <td>${words.memberKind(m.kind)}</td>
                            <td>${m.objectId}</td>
                        </tr> `,
                )}
            </tbody>
        </table>`;
}

function access({ access: list }: Principal): Html {
    if (list.length === 0) return html`<p>It reaches no database of its own.</p>`;
    return html`<h4>What it may do</h4>
        <table>
            <thead>
                <tr>
                    <th scope="col">database</th>
                    <th scope="col">may (profile)</th>
                    <th scope="col">on the database</th>
                    <th scope="col">in its schemas</th>
                </tr>
            </thead>
            <tbody>
                ${list.map(
                    (a) =>
                        html`<tr>
                            <td><bdi>${a.database}</bdi></td>
                            <td>${words.levelWords(a)}</td>
                            <td>${words.names(a.privileges)}</td>
                            <td>
                                ${a.schemas ? a.schemas.map((s) => html`<div><bdi>${words.schemaWords(s)}</bdi></div>`) : "not read"}
                            </td>
                        </tr> `,
                )}
            </tbody>
        </table>`;
}
