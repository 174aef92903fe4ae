/** The package.json that is published, made from the one in the repository. Pure. */

export interface Manifest {
    name: string;
    version: string;
    dependencies: Record<string, string>;
    [other: string]: unknown;
}

/** Loads the TypeScript sources; the published package has none. */
const ONLY_IN_THE_REPOSITORY = ["tsx"];

/**
 * - The repository pins its dependencies. Published, they are ranges: Pulumi's packages must be the consumer's own copies, or
 *   two runtimes would register resources beside each other.
 * - CommonJS alone, with names that ESM programs can import: two copies of the code in one program would be two packages.
 */
export function publishedManifest(manifest: Manifest, environment: NodeJS.ProcessEnv): Manifest {
    const dependencies = Object.entries(manifest.dependencies)
        .filter(([name]) => !ONLY_IN_THE_REPOSITORY.includes(name))
        .map(([name, version]) => [name, `^${version}`] as const);
    return {
        ...manifest,
        type: "commonjs",
        main: "plugin.js",
        types: "index.d.ts",
        exports: {
            ".": { types: "./index.d.ts", default: "./index.js" },
            "./schema.json": "./schema.json",
            "./package.json": "./package.json",
        },
        dependencies: Object.fromEntries(dependencies),
        ...repository(environment),
        publishConfig: { access: "public" },
    };
}

/** npm compares the repository with the one that the workflow ran in, for provenance. */
function repository({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name }: NodeJS.ProcessEnv): object {
    if (!server || !name) return {};
    return { repository: { type: "git", url: `git+${server}/${name}.git`, directory: "components" } };
}
