import { type Cloud, signIn, type SignIn } from "./components/index";
import { administratorNames, type StackConfig } from "./stackConfig";
import { firstDatabase } from "./stackConfigAccess";
import { expectedHost } from "./stackResources";

/**
 * What each administrator and principal types to sign in, by role name. Empty for the local Azure, whose addresses and tokens
 * `npm run local` prints: they are not the same tomorrow.
 */
export function signInLines(config: StackConfig, host: string, tenantId: string): Record<string, SignIn> {
    if (config.cloud === "Local") return {};
    const roles = [
        ...administratorNames(config).map((name) => ({ name, database: "postgres" })),
        ...config.principals.map((p) => ({ name: p.name, database: firstDatabase(config, p) })),
    ];
    const address = config.hostAddresses[expectedHost(config)];
    const cloud = config.cloud as Cloud;
    return Object.fromEntries(
        roles.map((role) => [
            role.name,
            signIn({ host, user: role.name, database: role.database, cloud, address }, { tenantId }),
        ]),
    );
}
