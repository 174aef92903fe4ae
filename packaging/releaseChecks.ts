/** What must hold before a version is released. Pure. */

export interface ReleaseState {
    /** The tag, or the version that it is to have: `v1.2.3` or `1.2.3`. */
    tag: string;
    /** Version by the file that states it. */
    versions: Record<string, string>;
    changelog: string;
    /** The last release's version; `undefined` before the first. */
    released?: string;
    /** Whether the checked-in schema of the last release is already this release's. */
    schemaKept: boolean;
}

/** @returns one line for each thing that is wrong, with its fix */
export function releaseProblems(state: ReleaseState): string[] {
    const version = state.tag.replace(/^v/, "");
    const { changelog, released } = state;
    if (!/^\d+\.\d+\.\d+$/.test(version))
        return [`'${state.tag}' is no version; write MAJOR.MINOR.PATCH, as v1.2.3 in a tag`];
    const others = Object.entries(state.versions).filter(([, stated]) => stated !== version);
    return [
        ...others.map(
            ([file, stated]) =>
                `${file} says ${stated}, not ${version}; npm run release -- prepare ${version}`,
        ),
        ...(releaseNotes(changelog, version) === ""
            ? [`CHANGELOG.md has no section «${version}» with a line; npm run release -- prepare ${version}`]
            : []),
        ...(state.schemaKept
            ? []
            : [
                  `components/schema.released.json is another release's; npm run release -- prepare ${version}`,
              ]),
        ...stepProblems(version, released, []),
    ];
}

/** Semantic versioning: before 1.0.0 a minor step may break programs, from then on a major step alone. */
export function stepProblems(version: string, released: string | undefined, breaks: string[]): string[] {
    if (released === undefined || released === version) return [];
    const [now, before] = [numbers(version), numbers(released)];
    const step = now.findIndex((number, i) => number !== before[i]);
    if (now[step]! < before[step]!) return [`${version} is before ${released}, which is released`];
    const breakingStep = before[0] === 0 ? 1 : 0;
    if (breaks.length === 0 || step <= breakingStep) return [];
    const name = breakingStep === 0 ? "major" : "minor";
    return [`${version} breaks programs (${breaks.join("; ")}), which takes a ${name} version`];
}

function numbers(version: string): number[] {
    return version.split(".").map(Number);
}

function headingOf(changelog: string, version: string): number {
    return changelog.split("\n").findIndex((line) => line.startsWith(`## ${version} `));
}

/** The text of a version's section; empty where there is none. */
export function releaseNotes(changelog: string, version: string): string {
    const heading = headingOf(changelog, version);
    if (heading < 0) return "";
    const rest = changelog.split("\n").slice(heading + 1);
    const end = rest.findIndex((line) => line.startsWith("## "));
    return (end < 0 ? rest : rest.slice(0, end)).join("\n").trim();
}

/** «Unreleased» becomes the version's section, under a new empty one. A version that has its section keeps it. */
export function datedChangelog(changelog: string, version: string, date: string): string {
    if (headingOf(changelog, version) >= 0) return changelog;
    return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`);
}
