import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forcedPath, type Operation } from "../../bench/shortestPath/forcedPath";
import { gantt } from "../../bench/shortestPath/gantt";
import { sectionOf, shortestPathLine, shortestPathSection, withSection } from "../../bench/shortestPath/page";
import { shortestPath } from "../../bench/shortestPath/run";
import type { ShortestPath, Span } from "../../bench/shortestPath/measure";
import { VirtualClock } from "../../bench/shortestPath/virtualClock";

const operation = (type: string, duration: number, name = type): Operation => ({ type, name, duration });
const ON_SERVER = ["Configuration", "AdministratorsMicrosoftEntra", "Database", "FirewallRule"];

describe("E1, E2, E3: a deployment with Azure's operation times", { concurrency: 1 }, () => {
    let measured: ShortestPath;

    test("takes exactly as long as the longest path that Azure's rules force", async () => {
        measured = await shortestPath();
        assert.equal(measured.measured, measured.forced);
        // The server with what belongs to it, and before it the zone and its link: as the rules were thought out by hand.
        const onServer = 300 + 3 * 20 + 3 * 40 + 5 * 10;
        assert.equal(measured.forced, (2 + 35 + 35 + onServer) * 1000);
        assert.ok(measured.measured < measured.sequential);
    });

    test("with one operation at a time on the server, in this order: parameters, administrators, databases", () => {
        const spans = measured.spans.filter((s) => ["Server", ...ON_SERVER].includes(s.type));
        spans.sort((one, other) => one.start - other.start);
        for (const [i, span] of spans.slice(1).entries()) assert.equal(span.start, spans[i]!.end, span.name);
        assert.deepEqual([...new Set(spans.map((s) => s.type))], ["Server", ...ON_SERVER.slice(0, 3)]);
    });

    test("and the network beside each other", () => {
        const at = (type: string) => measured.spans.find((span) => span.type === type)!;
        const beside = ["VirtualNetwork", "NetworkSecurityGroup", "RouteTable"].map(at);
        for (const span of beside) assert.equal(span.start, at("PrivateZone").start);
    });
});

describe("the longest path by Azure's rules", () => {
    const server = operation("Server", 300);

    test("what belongs to the server is one after another, whatever the order; the longest way to the server counts", () => {
        const found = forcedPath([
            operation("Database", 10),
            operation("PrivateZone", 35),
            operation("VirtualNetworkLink", 35),
            operation("VirtualNetwork", 50),
            operation("Database", 10, "other"),
            server,
        ]);
        assert.equal(found.length, 50 + 35 + 300 + 20);
        assert.deepEqual(
            found.path.map(({ name }) => name),
            ["VirtualNetwork", "VirtualNetworkLink", "Server", "Database", "other"],
        );
    });

    test("what the subnet needs comes before the server, also where nothing is made between them", () => {
        const found = forcedPath([operation("ResourceGroup", 1), operation("RouteTable", 900), server]);
        assert.equal(found.length, 1 + 900 + 300);
    });

    test("a type whose rules are not known is no free ride", () => {
        assert.throws(() => forcedPath([operation("Cluster", 1)]), /rules for 'Cluster' are not known/);
    });
});

test("the virtual clock passes only while everything waits for it, and for the shortest wait first", async () => {
    let underWay = 3;
    const clock = new VirtualClock(() => underWay);
    const ended: [string, number][] = [];
    const wait = (name: string, milliseconds: number) =>
        clock.sleep(milliseconds).then(() => {
            underWay--;
            ended.push([name, clock.now]);
        });
    const both = [wait("long", 300_000), wait("short", 10_000)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual([clock.now, ended], [0, []], "it passed while something did not wait");
    await Promise.all([...both, wait("late", 20_000)]);
    clock.stop();
    assert.deepEqual(ended, [
        ["short", 10_000],
        ["late", 20_000],
        ["long", 300_000],
    ]);
});

describe("how it is shown", () => {
    const span = (name: string, start: number, end: number): Span => ({
        ...operation("Database", end - start, name),
        start,
        end,
    });
    const spans = [span("<orders>", 0, 120_000), span("billing", 60_000, 180_000)];
    const measured = { spans, measured: 180_000, forced: 180_000, sequential: 240_000, path: ["billing"] };

    test("the chart is SVG with a bar for each operation, loads nothing and runs nothing", () => {
        const svg = gantt(measured, 'A "title"');
        assert.equal(
            svg.match(/<rect class="(?:forced|free)" x="[\d.]+" y="\d+" width="[\d.]+" height="14"/g)!.length,
            2,
        );
        assert.match(svg, /<rect class="forced"[^>]*><title>Database billing: 60 s to 180 s/);
        assert.match(svg, /Database &lt;orders&gt;/);
        assert.match(svg, /prefers-color-scheme: dark/);
        assert.doesNotMatch(svg, /<script|href|url\(|NaN|undefined/);
        assert.throws(() => gantt({ ...measured, spans: [] }, "x"), /nothing to draw/);
    });

    test("the line and the section say both lengths; the section takes the place of the old one and of nothing else", () => {
        assert.equal(shortestPathLine(measured).value, "1.00x (180 s, 180 s)");
        const section = shortestPathSection(measured);
        assert.match(section, /took \*\*180 s\*\*; .* \*\*180 s\*\*; .* 240 s/);
        const page = withSection("# Benchmarks\n\n## One\n\ntext\n", section.replace("180", "181"));
        const again = withSection(`${page}\n## Last\n\nend\n`, section);
        assert.equal(again, `# Benchmarks\n\n## One\n\ntext\n\n${section}\n\n## Last\n\nend\n`);
        assert.equal(sectionOf(again), section);
        assert.equal(sectionOf("# Benchmarks\n"), undefined);
    });
});
