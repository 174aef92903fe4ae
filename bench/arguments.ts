/** The words after `npm run bench --`. Pure. */
import { DEFAULT_MAJOR, OTHER_MAJORS } from "../emulator/postgres/majors";

export const HELP = `npm run bench: how long database principals take, beside one plain transaction in the same run.

  npm run bench                       sizes 10, 100, 1,000 and 10,000; takes some minutes
  npm run bench -- --sizes 10,100     other sizes
  npm run bench -- --runs 5           each size so often, and the median of them (default: 3; above 1,000 once)
  npm run bench -- --singles 10000    single principals up to this size (default: 1,000, as 10,000 take a quarter of an hour)
  npm run bench -- --only principals  only these of principals, roles, growth15, gateway, plugin, start, databases, engine,
                                      path; several by commas; lines means all but principals
  npm run bench -- --major 15         on another major of PostgreSQL, which is fetched into the cache (default: 17)
  npm run bench -- --peer <file>      another tool in the same run, for instance bench/peers/psql.ts; may be repeated
  npm run bench -- --json <file>      rows as JSON: [{kind, job, size, ms, ratio}]
  npm run bench -- --write            tables and charts into docs/; with --only path that section alone, with
                                      no other --only, as the rest of the page would be lost
  npm run bench -- --help             this text

Nothing here is a test: a slow machine fails nothing. Progress is on standard error, tables on standard output.
`;

export const CASES = [
    "principals",
    "roles",
    "growth15",
    "gateway",
    "plugin",
    "start",
    "databases",
    "engine",
    "path",
] as const;
export type Case = (typeof CASES)[number];
/** What gives a line each, and no rows. */
export type LineCase = Exclude<Case, "principals">;

export interface Arguments {
    help: boolean;
    sizes: number[];
    runs: number;
    /** Largest size of single principals. */
    singles: number;
    cases: Case[];
    /** Of PostgreSQL. `undefined`: the one that the tests run on. */
    major: number | undefined;
    /** Files of modules. */
    peers: string[];
    json: string | undefined;
    write: boolean;
}

const MOST = 100_000;

/** @throws Error that names the word, the rule and the fix. */
export function parseArguments(words: readonly string[]): Arguments {
    const found: Arguments = {
        help: false,
        sizes: [10, 100, 1_000, 10_000],
        runs: 3,
        singles: 1_000,
        cases: [...CASES],
        major: undefined,
        peers: [],
        json: undefined,
        write: false,
    };
    const rest = [...words];
    while (rest.length > 0) {
        const [flag, inline] = splitOnce(rest.shift()!);
        const value = () => {
            const text = inline ?? rest.shift();
            if (!text) throw new Error(`${flag} needs a value. See npm run bench -- --help.`);
            return text;
        };
        if (flag === "--help") found.help = true;
        else if (flag === "--write") found.write = true;
        else if (flag === "--json") found.json = value();
        else if (flag === "--sizes")
            found.sizes = value()
                .split(",")
                .map((text) => whole(flag, text));
        else if (flag === "--runs") found.runs = whole(flag, value());
        else if (flag === "--singles") found.singles = whole(flag, value());
        else if (flag === "--major") found.major = majorOf(value());
        else if (flag === "--peer") found.peers.push(value());
        else if (flag === "--only") {
            const wanted = value().split(",").flatMap(casesOf);
            found.cases = CASES.filter((name) => wanted.includes(name));
        } else throw new Error(`'${flag}' is no argument of the bench. See npm run bench -- --help.`);
    }
    found.sizes = [...new Set(found.sizes)].sort((one, two) => one - two);
    if (found.write && found.cases.length < CASES.length && found.cases.join() !== "path")
        throw new Error(
            `--write makes the page anew, and would lose what --only ${found.cases.join()} leaves out: leave --only out, or say --only path, which has a section of its own.`,
        );
    return found;
}

function splitOnce(word: string): [string, string | undefined] {
    const at = word.indexOf("=");
    return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function whole(flag: string, text: string): number {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= 1 && number <= MOST) return number;
    throw new Error(`${flag} '${text}': it must be a whole number from 1 to ${MOST}, for instance 100.`);
}

function majorOf(text: string): number {
    const known = [...Object.keys(OTHER_MAJORS).map(Number), DEFAULT_MAJOR].sort((one, two) => one - two);
    const found = known.find((major) => String(major) === text);
    if (found !== undefined) return found;
    throw new Error(`--major '${text}': it must be one of ${known.join(", ")}.`);
}

function casesOf(text: string): readonly Case[] {
    if (text === "lines") return CASES.filter((name) => name !== "principals");
    const found = CASES.filter((name) => name === text);
    if (found.length > 0) return found;
    throw new Error(`--only '${text}': it must be lines or some of ${CASES.join(", ")}.`);
}
