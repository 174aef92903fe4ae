import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument, type Document } from "yaml";
import { ROOT } from "./plans";

export interface CommandRun {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** A git repository in a temporary folder that holds the project as it is now, committed on the branch `main`. */
export class TemporaryRepository {
    readonly parent = mkdtempSync(path.join(tmpdir(), "plan-test-"));
    readonly folder: string;

    /** @param below the project's folder within the repository; default: its root */
    constructor(below = "") {
        const repository = path.join(this.parent, "repository");
        this.folder = path.join(repository, below);
        const unwanted = new Set([".git", "node_modules"].map((name) => path.join(ROOT, name)));
        cpSync(ROOT, this.folder, {
            recursive: true,
            verbatimSymlinks: true,
            filter: (source) => !unwanted.has(source),
        });
        symlinkSync(path.join(ROOT, "node_modules"), path.join(this.folder, "node_modules"), "junction");
        this.#git(repository, "init", "--quiet", "--initial-branch", "main");
        writeFileSync(path.join(repository, ".git", "info", "exclude"), "node_modules\n");
        this.commit("The project");
    }

    commit(message: string): void {
        this.git("add", "--all");
        this.git("commit", "--quiet", "--message", message);
    }

    git(...words: string[]): string {
        return this.#git(this.folder, ...words);
    }

    #git(cwd: string, ...words: string[]): string {
        const identity = [
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.com",
            "-c",
            "commit.gpgsign=false",
        ];
        const run = spawnSync("git", [...identity, ...words], { cwd, encoding: "utf8" });
        if (run.status !== 0) throw new Error(`git ${words.join(" ")}: ${run.stderr}`);
        return run.stdout;
    }

    /** Changes a stack's file as a person would: the comments stay. */
    changeStack(stack: string, change: (document: Document) => void): void {
        this.changeFile(`Pulumi.${stack}.yaml`, (text) => {
            const document = parseDocument(text);
            change(document);
            return document.toString({ lineWidth: 0 });
        });
    }

    changeFile(name: string, change: (text: string) => string): void {
        const file = path.join(this.folder, name);
        writeFileSync(file, change(readFileSync(file, "utf8")));
    }

    /** `npm run plan:diff -- …`, without npm's own start-up time. */
    planDiff(...words: string[]): CommandRun {
        return this.#run("plan/diff.ts", words);
    }

    /** `npm run plan -- …` */
    plan(...words: string[]): CommandRun {
        return this.#run("plan/main.ts", words);
    }

    #run(file: string, words: string[]): CommandRun {
        const temporary = path.join(this.parent, "tmp");
        const run = spawnSync(process.execPath, ["--import", "tsx", file, ...words], {
            cwd: this.folder,
            env: {
                ...process.env,
                NO_COLOR: "1",
                TMPDIR: this.parent,
                TEMP: temporary,
                INIT_CWD: this.folder,
            },
            encoding: "utf8",
            timeout: 300_000,
            maxBuffer: 64 * 1024 * 1024,
        });
        return { code: run.status, stdout: run.stdout, stderr: run.stderr };
    }

    remove(): void {
        rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
    }
}
