/** What a run on several majors came to. Pure. */

interface Counts {
    /** `undefined` where the runner did not come to its last lines. */
    passes?: number;
    fails?: number;
    skips?: number;
}

export type MajorResult = { major: number; skipped: string } | ({ major: number; code: number } & Counts);

/** The last lines of node's test runner, taken apart. */
export function countsOf(said: string): Counts {
    const count = (word: string) => {
        const found = [...said.matchAll(new RegExp(`^. ${word} (\\d+)$`, "gmu"))].at(-1)?.[1];
        return found === undefined ? undefined : Number(found);
    };
    return { passes: count("pass"), fails: count("fail"), skips: count("skipped") };
}

/** A table for people: one line a major. */
export function summary(results: readonly MajorResult[]): string {
    const rows = results.map((result) => {
        if ("skipped" in result) return [String(result.major), "skipped", result.skipped];
        const { major, code, passes = "?", fails = "?", skips = "?" } = result;
        const counts = `${passes} passed, ${fails} failed, ${skips} skipped`;
        return [String(major), code === 0 ? "ok" : "FAILED", counts];
    });
    const table = [["PostgreSQL", "result", "tests"], ...rows];
    const width = (column: number) => Math.max(...table.map((row) => row[column]!.length));
    const line = (row: string[]) => `${row[0]!.padEnd(width(0))}  ${row[1]!.padEnd(width(1))}  ${row[2]}`;
    return `\n${table.map(line).join("\n")}\n`;
}
