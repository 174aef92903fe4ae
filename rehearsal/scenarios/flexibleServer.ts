import { parseStackConfig, type StackConfig } from "../../stackConfig";
import { expectedHost } from "../../stackResources";
import { howToSignIn } from "../howToSignIn";
import { signInAsEverybody, tryPrivileges } from "../rehearsal";
import type { SignInResult } from "../signInAttempt";
import { projectName } from "../stackFile";
import { withWorkloadIds } from "../workloadPrincipals";
import type { Deployed, RawConfig, Scenario } from "./scenario";

/** What tells one scenario of a Flexible Server from another. */
export interface FlexibleServerScenario extends Pick<Scenario, "name" | "summary" | "stackFile" | "prepare"> {
    /** Sign-ins beside those that follow from the configuration. */
    more?(deployed: Deployed, config: StackConfig): Promise<SignInResult[]>;
}

/** A scenario whose configuration describes a Flexible Server: who signs in and who may do what follows from it. */
export function flexibleServerScenario(given: FlexibleServerScenario): Scenario {
    const { more, ...scenario } = given;
    return {
        ...scenario,
        host: (raw) => expectedHost(parsed(raw)),
        async attempt(deployed) {
            const config = withWorkloadIds(parsed(deployed.config), deployed.azure.directory);
            const host = deployed.outputs.host as string;
            const privileges = await tryPrivileges(deployed.azure, config, host);
            const signIns = await signInAsEverybody(deployed.azure, config, host);
            return { signIns: [...signIns, ...((await more?.(deployed, config)) ?? [])], privileges };
        },
        howToSignIn: (raw, server, tokenOptions) => howToSignIn(parsed(raw), server, tokenOptions),
    };
}

function parsed(raw: RawConfig): StackConfig {
    return parseStackConfig(projectName(), raw);
}
