import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pack, stage } from "../../packaging/stage";
import { section } from "../../packaging/referencePage";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { codeBlocks } from "../docs/markdown";
import type { StateResource } from "./consumer";
import { PROJECT_FOLDER, type LocalCli, type Outcome } from "./localCli";

const EXAMPLES = path.join(PROJECT_FOLDER, "examples");

/** What somebody who works in the folder leaves there. */
const LEFT_BY_WORK = new Set(["node_modules", ".venv", "sdks", "__pycache__", "package-lock.json", "dist"]);

/** Where the package is from an example's folder. */
const PACKAGE = "../../components";

/** How package managers say that nobody can be reached, or that a part of them is missing. */
const CANNOT_INSTALL =
    /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ENOTCACHED|dial tcp|Failed to establish a new connection|name resolution|ensurepip is not available/;

/** A copy of an example in a folder of its own, on which the commands of its README are run. */
export class Example {
    /** Stands for the repository's folder, with nothing but the example and the packed package. */
    readonly #root = mkdtempSync(path.join(tmpdir(), "example-"));
    readonly #folder: string;
    readonly readme: string;
    /** What is checked in, by path, with the package's place. */
    readonly #placed: Record<string, string>;

    constructor(
        readonly cli: LocalCli,
        readonly name: string,
    ) {
        const source = path.join(EXAMPLES, name);
        this.#folder = path.join(this.#root, "examples", name);
        this.readme = readFileSync(path.join(source, "README.md"), "utf8");
        cpSync(source, this.#folder, {
            recursive: true,
            verbatimSymlinks: true,
            filter: (file) => !LEFT_BY_WORK.has(path.basename(file)),
        });
        this.#placed = checkedIn(this.#folder);
        for (const [file, text] of Object.entries(this.#placed)) {
            this.#placed[file] = text.replaceAll(PACKAGE, path.join(PROJECT_FOLDER, "components"));
            writeFileSync(path.join(this.#folder, file), this.#placed[file]);
        }
    }

    /** @returns why the packages cannot be had here, where it is not the example's fault */
    async install(): Promise<string | undefined> {
        for (const line of commands(section(this.readme, "Install"))) {
            const { code, text } = await this.#run(line);
            if (code === 0) continue;
            assert.match(text, CANNOT_INSTALL);
            return `${line}: the packages cannot be had here`;
        }
        return undefined;
    }

    /** The commands so far have written nothing into what is checked in. */
    assertUnchanged(): void {
        assert.deepEqual(checkedIn(this.#folder), this.#placed);
    }

    /**
     * Runs a section's commands.
     *
     * @param meant which of them; all, where left out
     * @returns what they printed
     */
    async follow(heading: string, meant: (line: string) => boolean = () => true): Promise<string> {
        const texts: string[] = [];
        for (const line of commands(section(this.readme, heading)).filter(meant)) {
            const { code, text } = await this.#run(line);
            assert.equal(code, 0, `${line}\n${text}`);
            texts.push(text);
        }
        assert.ok(texts.length > 0, `${this.name}: nothing to run under «${heading}»`);
        return texts.join("\n");
    }

    /** What the README says is printed there. */
    printedUnder(heading: string): string[] {
        return codeBlocks(section(this.readme, heading), "text").flatMap((block) => block.trim().split("\n"));
    }

    sqlUnder(heading: string): string {
        return codeBlocks(section(this.readme, heading), "sql").join("\n");
    }

    /** @param part of the example, where it holds a second project */
    local(part: string, ...words: string[]): Promise<Outcome> {
        return this.cli.local("--cwd", path.join(this.#folder, part), ...words);
    }

    async state(part = ""): Promise<StateResource[]> {
        const { stdout } = await this.local(part, "stack", "export");
        return (
            (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? []
        );
    }

    change(file: string, from: string, to: string): void {
        const target = path.join(this.#folder, file);
        const text = readFileSync(target, "utf8");
        assert.ok(text.includes(from), `${file} has no ${from}`);
        writeFileSync(target, text.replace(from, to));
    }

    close(): void {
        rmSync(this.#root, { recursive: true, force: true });
    }

    /** A line of the README, with the copy in place of the example's folder. */
    #run(line: string): Promise<Outcome> {
        const [program, ...words] = line.split(" ");
        const here = words.map((word) => this.#word(word));
        if (line.startsWith("npm run local -- ")) return this.cli.local(...here.slice(3));
        if (program === "npm") {
            this.#pack();
            return this.cli.run("sh", ["-c", line], { cwd: this.#root });
        }
        if (program === "pulumi")
            return this.cli.run(findInstalledPulumi()!, here, { env: this.#environment });
        throw new Error(`${this.name}'s README has a command that this test does not know: ${line}`);
    }

    #word(word: string): string {
        if (word === PACKAGE) return path.join(PROJECT_FOLDER, "components");
        const inExample = /^examples\/([^/]+)(\/.*)?$/.exec(word);
        return inExample?.[1] === this.name ? path.join(this.#folder, inExample[2] ?? "") : word;
    }

    /** As `npm run pack` does it, which would write into the project's folder; another version was packed before. */
    #pack(): void {
        const folder = path.join(this.#root, "dist");
        stage(path.join(folder, "package"));
        writeFileSync(path.join(folder, "azure-postgres-entra-0.0.0.tgz"), "");
        pack(folder, path.join(folder, "package"));
        assert.equal(readdirSync(folder).filter((file) => file.endsWith(".tgz")).length, 1);
    }

    get #environment(): NodeJS.ProcessEnv {
        return {
            ...this.cli.environment,
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_SKIP_UPDATE_CHECK: "true",
        };
    }
}

/** The texts of a folder's files, without what work leaves there. */
function checkedIn(folder: string, part = ""): Record<string, string> {
    const entries = readdirSync(path.join(folder, part), { withFileTypes: true });
    const texts = entries
        .filter(({ name }) => !LEFT_BY_WORK.has(name))
        .map((entry) => {
            const file = path.join(part, entry.name);
            if (entry.isDirectory()) return checkedIn(folder, file);
            return { [file]: readFileSync(path.join(folder, file), "utf8") };
        });
    return Object.assign({}, ...texts) as Record<string, string>;
}

/** Done already: the dependencies are installed, the local Azure runs, and the package is packed where it is needed. */
const DONE = ["npm ci", "npm run local", "npm run pack"];

/** The lines for the repository's folder; those for Azure are for `az`, `psql` and a login. */
function commands(text: string): string[] {
    const lines = codeBlocks(text, "bash").flatMap((block) => block.trim().split("\n"));
    return lines
        .map((line) => line.replace(/ +# .*$/, ""))
        .filter((line) => /^npm |^pulumi --cwd /.test(line) && !DONE.includes(line));
}

/** Why programs of a language cannot run here, or false. */
export function skipWithoutCommand(command: string, ...words: string[]): string | false {
    return spawnSync(command, words, { stdio: "ignore" }).status === 0 ? false : `${command} is not on PATH`;
}
