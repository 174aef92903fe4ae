/** `npm run adopt`: reads, judges, writes two files, and tells what they do not hold. */

import path from "node:path";
import { withCloud } from "../rehearsal/cloudReach";
import { onInterrupt } from "../rehearsal/interrupt";
import { PROJECT_FOLDER, projectName } from "../rehearsal/stackFile";
import { Progress, styleFor } from "../rehearsal/terminal";
import { adopt, type Adoption } from "./adoption";
import { mayWrite, writeFiles } from "./files";
import { adoptOptions, type AdoptOptions } from "./options";
import { stackFileText } from "./render/stackFile";
import { adoptionText } from "./render/text";

/** @returns the exit code. @throws Misuse, or an Error that says why the server cannot be read or adopted */
export async function adoptCommand(words: string[]): Promise<number> {
    const options = adoptOptions(words);
    const { stack } = options;
    const configFile = fileOf(options.configFile, `Pulumi.${stack}.yaml`);
    const importFile = fileOf(options.importFile, `import.${stack}.json`);
    const project = projectName();
    const kept = options.dryRun ? undefined : mayWrite(project, configFile, importFile, options.force);
    const interrupted = onInterrupt();
    const adoption = await withCloud(options.cloud, () =>
        Promise.race([read(project, options), interrupted]),
    );
    if (typeof adoption === "number") return adoption;
    const head = { host: adoption.host, readAt: new Date().toISOString() };
    if (!options.dryRun)
        writeFiles({
            [configFile]: stackFileText(project, adoption, head, kept),
            [importFile]: `${JSON.stringify(adoption.importFile, undefined, 4)}\n`,
        });
    const files = { configFile: shown(configFile), importFile: shown(importFile), written: !options.dryRun };
    const style = styleFor(process.stdout);
    process.stdout.write(
        options.json
            ? `${JSON.stringify({ formatVersion: 1, stack, ...adoption, files }, undefined, 2)}\n`
            : adoptionText(adoption, stack, files, style),
    );
    return 0;
}

async function read(project: string, options: AdoptOptions): Promise<Adoption> {
    const progress = new Progress();
    let last: string | undefined;
    const next = (what: string | undefined) => {
        if (what) progress.begin(what);
        if (last) progress.end(last);
        last = what;
    };
    try {
        return await adopt({ project, ...options, progress: next });
    } finally {
        next(undefined);
    }
}

/** npm changes to the project's folder and keeps the caller's in INIT_CWD. */
function fileOf(given: string | undefined, own: string): string {
    if (given === undefined) return path.join(PROJECT_FOLDER, own);
    return path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
}

/** Where it lies in the project, its name is enough. */
function shown(file: string): string {
    const relative = path.relative(PROJECT_FOLDER, file);
    return relative.startsWith("..") ? file : relative;
}
