import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageSchema, readSchema, RELEASED_SCHEMA_FILE, SCHEMA_FILE, schemaText } from "./packageSchema";
import { datedChangelog, releaseNotes, releaseProblems, stepProblems } from "./releaseChecks";
import { ACCEPTED_BREAKS, breakingChanges, releasedSchema } from "./schemaCompatibility";

const HELP = `npm run release: prepares and checks a release; the workflow release.yml publishes it (docs/releasing.md).

  npm run release -- prepare 1.2.3   writes the version everywhere, dates the changelog, keeps the schema for later comparisons
  npm run release -- check v1.2.3    whether all of that holds for a tag; exit code 1 with what is missing
  npm run release -- notes v1.2.3    that version's part of CHANGELOG.md

Exit codes: 0; 1 where something is wrong; 2 for a wrong command line.
`;

const ROOT = path.join(__dirname, "..");
const CHANGELOG = path.join(ROOT, "CHANGELOG.md");
const ACCEPTED_FILE = path.join(__dirname, "acceptedBreaks.json");
const MANIFESTS = ["package.json", path.join("components", "package.json")];
/** Depends on the package, as programs of users do. */
const EXAMPLE = path.join("examples", "typescript", "package.json");

const read = (file: string) => readFileSync(file, "utf8");
const readJson = <T>(file: string) => JSON.parse(read(path.join(ROOT, file))) as T;
const writeJson = (file: string, content: unknown) =>
    writeFileSync(path.join(ROOT, file), `${JSON.stringify(content, undefined, 4)}\n`);

function prepare(version: string): number {
    const released = releasedSchema();
    const schema = packageSchema();
    const breaks = released ? breakingChanges(released, schema) : [];
    const unmeant = breaks.filter((text) => !(text in ACCEPTED_BREAKS));
    const changelog = datedChangelog(read(CHANGELOG), version, new Date().toISOString().slice(0, 10));
    const problems = [
        ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`'${version}' is no version; write MAJOR.MINOR.PATCH`]),
        ...unmeant.map(
            (text) => `${text}: this breaks programs, and packaging/acceptedBreaks.json does not say why`,
        ),
        ...stepProblems(version, released?.version, breaks),
        ...(releaseNotes(changelog, version) === ""
            ? ["CHANGELOG.md says nothing under «Unreleased»; write down what is new for users"]
            : []),
    ];
    if (problems.length > 0) return report(problems);
    for (const file of MANIFESTS) writeJson(file, { ...readJson<object>(file), version });
    const example = readJson<{ dependencies: Record<string, string> }>(EXAMPLE);
    example.dependencies[schema.name] = `^${version}`;
    writeJson(EXAMPLE, example);
    const lock = readJson<{ version: string; packages: Record<string, { version: string }> }>(
        "package-lock.json",
    );
    lock.version = lock.packages[""]!.version = lock.packages["components"]!.version = version;
    writeFileSync(path.join(ROOT, "package-lock.json"), `${JSON.stringify(lock, undefined, 2)}\n`);
    const text = schemaText({ ...schema, version });
    for (const file of [SCHEMA_FILE, RELEASED_SCHEMA_FILE]) writeFileSync(file, text);
    writeFileSync(ACCEPTED_FILE, "{}\n");
    writeFileSync(CHANGELOG, changelog);
    process.stdout.write(`${version} is prepared. Next: npm run check, commit, tag v${version}.\n`);
    return 0;
}

function check(tag: string): number {
    const versions = Object.fromEntries(
        MANIFESTS.map((file) => [file, readJson<{ version: string }>(file).version]),
    );
    const schema = readSchema(SCHEMA_FILE);
    const released = releasedSchema();
    return report(
        releaseProblems({
            tag,
            versions: { ...versions, "components/schema.json": schema.version },
            changelog: read(CHANGELOG),
            released: released?.version,
            schemaKept: released !== undefined && schemaText(released) === schemaText(schema),
        }),
    );
}

function notes(tag: string): number {
    const text = releaseNotes(read(CHANGELOG), tag.replace(/^v/, ""));
    if (text === "") return report([`CHANGELOG.md has no section for ${tag}`]);
    process.stdout.write(`${text}\n`);
    return 0;
}

function report(problems: string[]): number {
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return problems.length > 0 ? 1 : 0;
}

function main([command, version]: string[]): number {
    if (command === "--help") return process.stdout.write(HELP) ? 0 : 0;
    const run = { prepare, check, notes }[command ?? ""];
    if (run && version !== undefined) return run(version);
    process.stderr.write(HELP);
    return 2;
}

process.exitCode = main(process.argv.slice(2));
