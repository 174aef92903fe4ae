/**
 * A stack of 20 databases with 3 profiles each and 50 principals, each with a profile in every database, deployed in this process on a
 * local Azure of its own. Started as a program of its own it prints what it measured as JSON.
 */
import { LocalAzure } from "../emulator/localAzure";
import { Directory } from "../emulator/entra/directory";
import { seedDirectory } from "../emulator/entra/seedDirectory";
import { AzurePostgresEntraProvider } from "../components/provider/provider";
import { deploy } from "../rehearsal/deployment";
import { configText, projectName, stackFileConfig } from "../rehearsal/stackFile";
import { LOCAL_STACK } from "../emulator/localProvider";
import { useEnvironment } from "../emulator/endpoint/environment";

export interface ManyDatabases {
    databases: number;
    profiles: number;
    principals: number;
    /** Registered resources, the provider's own among them. */
    resources: number;
    /** Of the whole deployment, the server's creation with it. */
    ms: number;
    /** Rolled back transactions in all databases: of a failed statement, whoever sent it. */
    rolledBack: number;
    /** Memberships of the principals in profiles, as PostgreSQL has them afterwards. */
    memberships: number;
}

const DATABASES = 20;
const PRINCIPALS = 50;
const PROFILES = ["readonly", "readwrite", "owner"] as const;

const databaseNames = Array.from({ length: DATABASES }, (_, i) => `db${String(i + 1).padStart(2, "0")}`);
const principals = Array.from({ length: PRINCIPALS }, (_, i) => {
    const number = String(i + 1).padStart(2, "0");
    return {
        name: `app-${number}`,
        principalType: "ServicePrincipal" as const,
        objectId: `e1000000-0000-4000-8000-0000000000${number}`,
        access: Object.fromEntries(
            databaseNames.map((name, d) => [name, PROFILES[(i + d) % PROFILES.length]!]),
        ),
    };
});

/** The stack `local` with other databases and principals. */
function configuration(): Record<string, string> {
    const project = projectName();
    return {
        ...stackFileConfig(LOCAL_STACK),
        [`${project}:databases`]: configText(databaseNames.map((name) => ({ name }))),
        [`${project}:principals`]: configText(principals),
    };
}

function tenant(): Directory {
    const seed = seedDirectory();
    const applications = principals.map(({ name, objectId, principalType }) => ({
        objectId,
        principalType,
        displayName: name,
        appId: objectId.replace(/^e1/, "e2"),
    }));
    return new Directory(seed.tenantId, [...seed.all(), ...applications]);
}

/** @throws Error with the first failure of the deployment */
async function measureManyDatabases(): Promise<ManyDatabases> {
    const azure = await LocalAzure.start({ directory: tenant() });
    const ours = new AzurePostgresEntraProvider();
    try {
        useEnvironment(azure.environment());
        let resources = 0;
        const start = performance.now();
        await deploy({
            project: projectName(),
            stack: LOCAL_STACK,
            config: configuration(),
            providers: [...azure.providers(), ours],
            program: async () => (await import("../index.js")).default(),
            onEvent: ({ kind }) => void (kind === "created" && resources++),
        });
        const ms = performance.now() - start;
        const server = azure.servers.get("pg-local")!;
        const count = async (sql: string) => Number((await server.superuserQuery(sql))[0]!["count"]);
        return {
            databases: DATABASES,
            profiles: PROFILES.length,
            principals: PRINCIPALS,
            resources,
            ms,
            // Where the machine lacks the locale, the service's own first try of each database is one of them.
            rolledBack: await count(
                `select (select sum(xact_rollback) from pg_stat_database)
                      - (select count(*) from pg_database where datname like 'db%' and datlocprovider = 'i') as count`,
            ),
            memberships: await count(
                `select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member
                   join pg_roles g on g.oid = m.roleid
                  where r.rolname like 'app-%' and g.rolname ~ '^db\\d\\d_(readonly|readwrite|owner)$'`,
            ),
        };
    } finally {
        await ours.close();
        await azure.stop();
    }
}

if (require.main === module) {
    measureManyDatabases().then(
        (measured) => process.stdout.write(`${JSON.stringify(measured)}\n`),
        (error: Error) => {
            process.stderr.write(`${error.stack ?? error.message}\n`);
            process.exit(1);
        },
    );
}
