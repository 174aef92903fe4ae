/** The page's picture: three columns of nodes; the page's script draws the links between them as SVG. Pure. */

import type { AccessGraph, IdentityNode, RoleNode } from "./graph";
import { html, type Html } from "./html";
import { accessWords, kindOf } from "./words";

export function picture(graph: AccessGraph): Html {
    const links = graph.links.map(({ from, to, level, admin }) => [
        from,
        to,
        `${level ?? "signs-in"}${admin ? " admin" : ""}`,
    ]);
    return html`<section aria-labelledby="picture-title">
        <h2 id="picture-title">Who reaches what</h2>
        <p class="hint">
            Identities sign in under roles, and roles reach databases. Arrow keys move between nodes, Enter
            shows the details, <kbd>/</kbd> goes to the search.
        </p>
        <ul class="legend" aria-label="Links">
            ${(["connect", "read", "write", "create"] as const).map(
                (level) =>
                    html`<li>
                        <svg width="34" height="10" aria-hidden="true">
                            <path class="${level}" d="M1 5H33" /></svg
                        >${level}
                    </li>`,
            )}
            <li><span class="flag" aria-hidden="true">!</span>differs from the stack</li>
        </ul>
        <div class="picture" id="picture" data-links="${JSON.stringify(links)}">
            <svg class="links" aria-hidden="true"></svg>
            ${column("identities", "Identities", graph.identities.map(identity))}
            ${column(
                "roles",
                "Roles",
                graph.roles.map((entry) => role(entry, graph.databases.length)),
            )}
            ${column(
                "databases",
                "Databases",
                graph.databases.map(({ id, name, marked, roles }) =>
                    node(
                        id,
                        `#${id}-details`,
                        name,
                        `${roles} ${roles === 1 ? "role" : "roles"}`,
                        marked ? "differs from the stack" : "",
                        name,
                    ),
                ),
            )}
        </div>
    </section>`;
}

function column(id: string, title: string, nodes: Html[]): Html {
    return html`<div class="column">
        <h3 id="${id}-title">${title} <span class="count">${nodes.length}</span></h3>
        <ul class="nodes" id="${id}" aria-labelledby="${id}-title">
            ${nodes}
        </ul>
    </div> `;
}

function identity({ id, name, kind, objectId, gone }: IdentityNode): Html {
    const text = `${name} ${kind} ${objectId}`;
    return node(id, undefined, name, kind, gone ? "does not exist any more" : "", text);
}

function role({ id, principal, marked }: RoleNode, databases: number): Html {
    const what = accessWords(principal, databases);
    const second = principal.admin ? `administrator · ${what}` : what;
    return node(
        id,
        `#${id}-details`,
        principal.role,
        second,
        marked ? "differs from the stack" : "",
        searched(principal),
    );
}

/** What a search finds a role by. */
function searched(principal: RoleNode["principal"]): string {
    const { role, objectId, identityName, displayName, memberships, access } = principal;
    return [
        ...[role, objectId, identityName, displayName, kindOf(principal)],
        ...memberships.map((m) => m.role),
        ...access.map((a) => a.database),
    ].join(" ");
}

/** Without a target it is no link, but can be focused all the same. */
function node(
    id: string,
    target: string | undefined,
    name: string,
    second: string,
    problem: string,
    text: string,
): Html {
    const flag =
        problem && html`<span class="flag" aria-hidden="true">!</span><span class="away">, ${problem}</span>`;
    const inner = html`<span class="name"><bdi>${name}</bdi></span
        >${flag}<span class="second"><bdi>${second}</bdi></span>`;
    const common = html`class="node${problem && " problem"}" id="${id}" tabindex="-1" title="${name}:
    ${second}"`;
    return html`<li data-text="${text}">
        ${
            target
                ? html`<a href="${target}" ${common}>${inner}</a>`
                : html`<span role="note" ${common}>${inner}</span>`
        }
    </li> `;
}
