/** For tests of the adoption: a local Azure in this process, and the commands that a person types, each in its own. */

import { mkdirSync } from "node:fs";
import path from "node:path";
import { serveProvider, type ServedProvider } from "../../components/provider/grpcServer";
import { LOCAL_SUBSCRIPTION_ID, LocalAzure } from "../../emulator/localAzure";
import { environmentOf } from "../../rehearsal/localPulumi";
import { findInstalledPulumi } from "../../rehearsal/pulumiCli";
import { LocalCli, PROJECT_FOLDER, type Outcome } from "./localCli";

export class AdoptionCli {
    /** All that the commands printed. */
    readonly outputs: string[] = [];
    /** Writes through the resource API since `watch`. */
    readonly changes: string[] = [];
    readonly #cli = new LocalCli();
    readonly #served: ServedProvider[] = [];
    azure!: LocalAzure;
    environment!: NodeJS.ProcessEnv;

    readonly configFile = path.join(this.#cli.folder, "Pulumi.local.yaml");
    readonly importFile = path.join(this.#cli.folder, "import.local.json");
    /** What the Pulumi CLI keeps. */
    readonly stateFolder = path.join(this.#cli.folder, "state");

    async start(make: (azure: LocalAzure) => Promise<void>): Promise<void> {
        this.azure = await LocalAzure.start();
        await make(this.azure);
        this.azure.api.onProgress(
            ({ phase, verb, id }) => phase === "started" && this.changes.push(`${verb} ${id}`),
        );
        const providers = this.azure.providers();
        for (const provider of providers) this.#served.push(await serveProvider(provider));
        const ports = providers.map(({ name }, i) => `${name}:${this.#served[i]!.port}`);
        mkdirSync(path.join(this.stateFolder, "pulumi"), { recursive: true });
        this.environment = environmentOf({
            projectFolder: PROJECT_FOLDER,
            project: "passwordless-postgres",
            stackFile: this.configFile,
            stateFolder: this.stateFolder,
            environment: this.azure.environment(),
            debugProviders: ports.join(","),
        });
    }

    async stop(): Promise<void> {
        for (const server of this.#served) await server.close();
        await this.azure?.stop();
        this.#cli.close();
    }

    /** `npm run adopt -- …`, without npm's own start-up time. */
    adopt(
        place: { resourceGroup: string; server: string },
        more: string[] = [],
        environment: NodeJS.ProcessEnv = {},
    ): Promise<Outcome> {
        const words = [
            ...["--stack", "local", "--cloud", "Local", "--subscription", LOCAL_SUBSCRIPTION_ID],
            ...["--resource-group", place.resourceGroup, "--server", place.server],
            ...["--config-file", this.configFile, "--import-file", this.importFile],
        ];
        const script = ["--import", "tsx", "adopt/main.ts", ...words, ...more];
        return this.#run(process.execPath, script, { NO_COLOR: "1", ...environment });
    }

    pulumi(command: string, ...words: string[]): Promise<Outcome> {
        const config = command === "stack" ? [] : ["--stack", "local", "--config-file", this.configFile];
        const all = [command, ...words, ...config, "--non-interactive", "--color", "never"];
        return this.#run(findInstalledPulumi()!, all);
    }

    async #run(command: string, words: string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
        const outcome = await this.#cli.run(command, words, { env: { ...this.environment, ...more } });
        this.outputs.push(outcome.text);
        return outcome;
    }
}
