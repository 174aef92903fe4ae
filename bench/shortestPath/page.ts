/** The section of docs/benchmarks.md. Pure. */
import type { Line } from "../rows";
import type { ShortestPath } from "./measure";

export const SHORTEST_PATH_IMAGE = "images/shortest-path.svg";
export const SHORTEST_PATH_TITLE = "A deployment and the longest path in it";
const HEADING = "## The shortest path of a deployment";

export function shortestPathLine(measured: ShortestPath): Line {
    return {
        what: "length of a deployment, to the longest path that Azure's rules force (simulated operation times)",
        value: `${(measured.measured / measured.forced).toFixed(2)}x (${seconds(measured.measured)}, ${seconds(measured.forced)})`,
    };
}

export function shortestPathSection({ measured, forced, sequential, spans }: ShortestPath): string {
    const count = (type: string) => spans.filter((span) => span.type === type).length;
    return [
        HEADING,
        `![${SHORTEST_PATH_TITLE}](${SHORTEST_PATH_IMAGE})`,
        `The stack \`local\` with ${count("Configuration")} parameters, ${count("AdministratorsMicrosoftEntra")} administrators and ${count("Database")} databases took **${seconds(measured)}**; the longest path ` +
            `that Azure's rules force is **${seconds(forced)}**; one operation after another would be ${seconds(sequential)}.`,
        `The local Azure takes as long as Azure does for each operation: server 300 s, administrator 40 s, parameter 20 s, database 10 s; those of the
network are assumed. The clock is virtual: it passes only while everything waits for it, so the machine has no part in the figures. The
longest path is computed from Azure's rules alone (what must be there before what, one operation at a time on a server), by code that
knows nothing of the program (\`bench/shortestPath/forcedPath.ts\`); a test keeps the two equal.`,
    ].join("\n\n");
}

/** This section of a page, if it has it. */
export function sectionOf(page: string): string | undefined {
    const at = page.indexOf(HEADING);
    if (at < 0) return undefined;
    const next = page.indexOf("\n## ", at + HEADING.length);
    return page.slice(at, next < 0 ? undefined : next).trimEnd();
}

/** The page with this section in place of the one that it has, or at its end. */
export function withSection(page: string, section: string): string {
    const before = sectionOf(page);
    return before === undefined ? `${page.trimEnd()}\n\n${section}\n` : page.replace(before, () => section);
}

const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
