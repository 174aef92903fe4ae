/** For tests of the access report: the stack `local` deployed on a local Azure of this process, and what is done to it by hand. */

import { Client } from "pg";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure } from "../../emulator/localAzure";
import type { AccessReport } from "../../report/access/accessReport";
import { readAccess, type AccessRequest } from "../../report/access/readAccess";
import { deployScenario } from "../../rehearsal/rehearsal";
import { SCENARIOS } from "../../rehearsal/scenarios/table";
import { projectName } from "../../rehearsal/stackFile";
import { parseStackConfig, type StackConfig } from "../../stackConfig";

export interface ReportWorld {
    azure: LocalAzure;
    config: StackConfig;
    host: string;
    /** As the service's superuser; for what no administrator could do. */
    superuser(sql: string, database?: string): Promise<void>;
    /** As the administrator `deployer`, statement by statement. */
    administrator(statements: string[], database?: string): Promise<void>;
    report(changes?: Partial<AccessRequest>): Promise<AccessReport>;
    stop(): Promise<void>;
}

export async function deployedWorld(): Promise<ReportWorld> {
    const azure = await LocalAzure.start();
    try {
        // This puts the deployer's identity into the process's environment.
        const { config: raw, outputs } = await deployScenario(azure, SCENARIOS[0]!, () => undefined);
        const config = parseStackConfig(projectName(), raw);
        const host = outputs.host as string;
        return {
            azure,
            config,
            host,
            superuser: async (sql, database) => {
                await azure.servers.get(config.server.name)!.superuserQuery(sql, undefined, database);
            },
            administrator: (statements, database = "postgres") => run(azure, host, statements, database),
            report: (changes) => readAccess({ stack: "local", config, ...changes }),
            stop: () => azure.stop(),
        };
    } catch (error) {
        await azure.stop();
        throw error;
    }
}

async function run(azure: LocalAzure, host: string, statements: string[], database: string): Promise<void> {
    const client = new Client({
        host: "127.0.0.1",
        port: azure.resolve(host)!.port,
        user: "deployer",
        database,
        password: await azure.tokens.issue({ objectId: SEED_IDS.deployer }),
        ssl: { ca: azure.certificate, servername: host },
    });
    client.on("error", () => undefined);
    try {
        await client.connect();
        for (const statement of statements) await client.query(statement);
    } finally {
        await client.end().catch(() => undefined);
    }
}
