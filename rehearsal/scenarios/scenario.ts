import type { LocalAzure } from "../../emulator/localAzure";
import type { LocalServerAddress } from "../howToSignIn";
import type { PrivilegeResult } from "../privilegeAttempt";
import type { SignInResult } from "../signInAttempt";

/** Every configuration value of a stack, as the CLI hands it to the program. */
export type RawConfig = Record<string, string>;

/** A program that has been deployed on a local Azure. */
export interface Deployed {
    azure: LocalAzure;
    config: RawConfig;
    outputs: Record<string, unknown>;
}

/** What came of everything that was tried. */
export interface Outcome {
    signIns: SignInResult[];
    privileges: PrivilegeResult[];
}

/**
 * One database system, or one way to use it, as it is rehearsed: `npm start -- --scenario <name>` and
 * `npm run local -- --scenario <name> up`. The program is the project's own; the configuration says what it makes. `table.ts` lists
 * all scenarios.
 */
export interface Scenario {
    name: string;
    /** What it shows, in one sentence without a full stop. */
    summary: string;
    /** Its configuration, in the form of `Pulumi.<stack>.yaml`; relative to the project's folder. */
    stackFile: string;
    /** Makes what must be there before the program runs. May be called on a local Azure that has it already. */
    prepare?(azure: LocalAzure): Promise<void>;
    /** Host name of its server, also before it is there. */
    host(config: RawConfig): string;
    /** Signs in as everybody who may and as everybody who may not, then tries what each may do. */
    attempt(deployed: Deployed): Promise<Outcome>;
    /**
     * The token command and the psql line for each role, for a person.
     *
     * @param tokenOptions what the token command takes beside the name, quoted for the shell: which local Azure to ask
     */
    howToSignIn(config: RawConfig, server: LocalServerAddress, tokenOptions: string): string;
}
