import { Cloud, singleServerHost } from "../../components/index";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LOCAL_SUBSCRIPTION_ID, type LocalAzure } from "../../emulator/localAzure";
import { parseStack } from "../../stackSystem";
import type { SingleServerStackConfig } from "../../stackConfigSingleServer";
import { linesFor } from "../howToSignIn";
import { signInTarget, tenantOf } from "../rehearsal";
import { attemptSignIns, type SignInAttempt } from "../signInAttempt";
import { byThemselves, recreatedUserCases, userRefusals, type Named, type Tenant } from "../signInCases";
import { configOf, projectName } from "../stackFile";
import type { Deployed, Outcome, RawConfig, Scenario } from "./scenario";

const STACK_FILE = "rehearsal/scenarios/Pulumi.single-server.yaml";
const LOGIN = "pgadmin";
/** Of the server that has been there for years; nothing is kept in it. */
const PASSWORD = "Throw-Away-Legacy-1";

export const singleServerScenario: Scenario = {
    name: "single-server",
    summary: "a retired Single Server that is still there: its one administrator and its roles",
    stackFile: STACK_FILE,
    prepare,
    host: (raw) => singleServerHost(parsed(raw).singleServer.name, Cloud.Local),
    attempt,
    howToSignIn(raw, server, tokenOptions) {
        const config = parsed(raw);
        return identitiesOf(config)
            .map(({ role, identity }) =>
                linesFor(
                    { name: identity, database: "postgres" },
                    server,
                    tokenOptions,
                    userOf(config, role),
                ),
            )
            .join("\n\n");
    },
};

function parsed(raw: RawConfig): SingleServerStackConfig {
    const stack = parseStack(projectName(), raw);
    if (stack.system !== "singleServer") throw new Error(`the scenario's system is '${stack.system}'`);
    return stack.config;
}

/** What was there before: the server, its resource group, and a group of administrators. */
async function prepare({ api, directory }: LocalAzure): Promise<void> {
    const { resourceGroup, singleServer, administrator } = parsed(configOf(STACK_FILE));
    const group = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/${resourceGroup.name}`;
    const server = `${group}/providers/Microsoft.DBforPostgreSQL/servers/${singleServer.name}`;
    if (!directory.get(administrator!.objectId))
        directory.add({
            objectId: administrator!.objectId,
            principalType: "Group",
            displayName: administrator!.principalName,
            members: [SEED_IDS.ada, SEED_IDS.deployer],
        });
    if (!api.azure.store.get(group)) await api.seed(group, { location: "westeurope" });
    const password = { administratorLogin: LOGIN, administratorLoginPassword: PASSWORD };
    if (!api.azure.store.get(server)) await api.seed(server, password);
}

/** USER@SERVER (F40). */
function userOf({ singleServer }: SingleServerStackConfig, role: string): string {
    return `${role}@${singleServer.name}`;
}

/** Each role with the identity that it is of: an object id, a client id or a name. */
function identitiesOf(config: SingleServerStackConfig): { role: string; identity: string }[] {
    const { administrator, principals } = config;
    return [
        ...(administrator
            ? [{ role: administrator.principalName, identity: administrator.principalName }]
            : []),
        ...principals.map((p) => ({ role: p.name, identity: p.clientId ?? p.name })),
    ];
}

async function attempt({ azure, config: raw, outputs }: Deployed): Promise<Outcome> {
    const config = parsed(raw);
    const tenant = tenantOf(azure);
    const target = signInTarget(azure, outputs.host as string);
    const roles = identitiesOf(config).map(({ role, identity }) => named(tenant, config, role, identity));
    const user = roles.find(({ objectId }) => tenant.directory.get(objectId)!.principalType === "User")!;
    const signIns = await attemptSignIns(target, [
        ...welcome(config, tenant, roles),
        ...refusals(config, tenant, user),
    ]);
    const recreated = await recreatedUserCases(tenant, user);
    try {
        const attempts = recreated.attempts.map((one) => asRole(one, config));
        signIns.push(...(await attemptSignIns(target, attempts)));
    } finally {
        recreated.restore();
    }
    return { signIns, privileges: [] };
}

function named(tenant: Tenant, config: SingleServerStackConfig, role: string, identity: string): Named {
    const found = tenant.directory.findByAppId(identity) ?? tenant.directory.findByName(identity)[0];
    if (!found) throw new Error(`the tenant has no identity for the role '${role}'`);
    return { name: userOf(config, role), objectId: found.objectId };
}

/** `session_user` is the role, without the server. */
function asRole(attempt: SignInAttempt, config: SingleServerStackConfig): SignInAttempt {
    return { ...attempt, sessionRole: attempt.role.slice(0, -`@${config.singleServer.name}`.length) };
}

function welcome(config: SingleServerStackConfig, tenant: Tenant, roles: Named[]): SignInAttempt[] {
    return [
        ...roles.flatMap((role, i) =>
            byThemselves(tenant, role, "postgres", i === 0 ? "administrator" : undefined),
        ),
        {
            who: "the PostgreSQL administrator, by its password",
            role: userOf(config, LOGIN),
            database: "postgres",
            token: async () => PASSWORD,
        },
    ].map((attempt) => asRole(attempt, config));
}

function refusals(config: SingleServerStackConfig, tenant: Tenant, user: Named): SignInAttempt[] {
    const [token] = byThemselves(tenant, user, "postgres").map((attempt) => attempt.token);
    const role = user.name.slice(0, -`@${config.singleServer.name}`.length);
    return [
        ...userRefusals(tenant, user),
        {
            who: "a user name without the server",
            role,
            database: "postgres",
            token: token!,
            refusal: "should be in <username@hostname> format",
        },
        {
            who: "somebody else's token",
            role: user.name,
            database: "postgres",
            token: () => tenant.tokens.issue({ objectId: SEED_IDS.olga }),
            refusal: "oid mismatch",
        },
    ];
}
