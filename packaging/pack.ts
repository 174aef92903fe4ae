import path from "node:path";
import { pack, stage } from "./stage";

const HELP = `npm run pack: compiles the package to dist/package and packs it to dist/<name>-<version>.tgz,
the only one of that name there.\n`;

if (process.argv.includes("--help")) process.stdout.write(HELP);
else {
    process.stderr.write("compiling …\n");
    stage();
    process.stdout.write(`${path.relative(process.cwd(), pack(path.join(__dirname, "..", "dist")))}\n`);
}
