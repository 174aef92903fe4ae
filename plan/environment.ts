/** Variables by which Azure's and PostgreSQL's providers and SDKs are configured or given credentials. */
const OF_A_DEPLOYMENT = /^(AZURE|ARM|AZUREAD)_|^PG[A-Z]/;

/**
 * The environment without what a deployment reads from it, so that a plan is the same for everybody, and no credential is
 * where the program could find it.
 */
export function withoutDeployment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_A_DEPLOYMENT.test(name)));
}

/** The same for this process. */
export function forgetDeployment(): void {
    for (const name of Object.keys(process.env)) if (OF_A_DEPLOYMENT.test(name)) delete process.env[name];
}
