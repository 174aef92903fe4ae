import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { LocalAzure, LOCAL_SUBSCRIPTION_ID } from "../../emulator/localAzure";

const PAGE = path.join(__dirname, "..", "..", "docs", "from-single-server.md");
const GROUP = `/subscriptions/${LOCAL_SUBSCRIPTION_ID}/resourceGroups/rg`;

export const OLD = `${GROUP}/providers/Microsoft.DBforPostgreSQL/servers/pg-old`;
export const NEW = `${GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-new`;
export const PASSWORD = "Correct-Horse-7";
export type Side = "old" | "new";

/** The rows of the table under a heading, cells as they stand, without the backticks around a whole cell. */
export function rowsUnder(heading: string): { what: string; old: string; new: string }[] {
    const page = readFileSync(PAGE, "utf8");
    const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
    if (!section) throw new Error(`${PAGE} has no section '${heading}'`);
    const lines = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| -"));
    return lines.slice(1).map((line) => {
        const [what, before, after] = line
            .slice(2, -2)
            .split(" | ")
            .map((cell) => cell.trim());
        return { what: what!, old: bare(before!), new: bare(after!) };
    });
}

function bare(cell: string): string {
    return /^`([^`]*)`$/.exec(cell)?.[1] ?? cell;
}

/** A Single Server `pg-old` and a Flexible Server `pg-new`, both with the administrator group `DB Admins` and the login pgadmin. */
export class TwoServers {
    private constructor(readonly azure: LocalAzure) {}

    static async start(): Promise<TwoServers> {
        const azure = await LocalAzure.start();
        const { api } = azure;
        const password = { administratorLogin: "pgadmin", administratorLoginPassword: PASSWORD };
        await api.put(GROUP, { location: "westeurope" });
        await api.seed(OLD, password);
        await api.put(NEW, {
            location: "westeurope",
            version: "17",
            sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
            network: { publicNetworkAccess: "Enabled" },
            ...password,
            authConfig: {
                activeDirectoryAuth: "Enabled",
                passwordAuth: "Enabled",
                tenantId: azure.directory.tenantId,
            },
        });
        await api.put(`${NEW}/firewallRules/all`, {
            startIpAddress: "203.0.113.0",
            endIpAddress: "203.0.113.255",
        });
        const servers = new TwoServers(azure);
        for (const side of ["old", "new"] as const)
            await servers.administrator(side, "DB Admins", SEED_IDS.dbAdmins, "Group");
        return servers;
    }

    administrator(side: Side, name: string, objectId: string, principalType: string, tenantId?: string) {
        const { api, directory } = this.azure;
        const tenant = tenantId ?? directory.tenantId;
        if (side === "new")
            return api.put(`${NEW}/administrators/${objectId}`, {
                principalName: name,
                principalType,
                tenantId: tenant,
            });
        return api.put(`${OLD}/administrators/activeDirectory`, {
            administratorType: "ActiveDirectory",
            login: name,
            sid: objectId,
            tenantId: tenant,
        });
    }

    /** @param user as it goes into a connection string */
    async ask(
        side: Side,
        user: string,
        password: string,
        sql = "select session_user::text as who",
        database = "postgres",
    ): Promise<Record<string, unknown>[]> {
        const host = `pg-${side}.postgres.database.azure.com`;
        const { address, port } = this.azure.resolve(host)!;
        const ssl = { ca: this.azure.certificate, servername: host };
        const client = new pg.Client({ host: address, port, database, user, password, ssl });
        client.on("error", () => undefined);
        try {
            await client.connect();
            let rows: Record<string, unknown>[] = [];
            // One after another: a label statement is a message of its own.
            for (const statement of sql.split(/;\s*/).filter((text) => text !== ""))
                rows = (await client.query<Record<string, unknown>>(statement)).rows;
            return rows;
        } finally {
            await client.end().catch(() => undefined);
        }
    }

    /** As an identity, under a role's name. */
    async as(side: Side, role: string, objectId: string, sql?: string, database?: string) {
        const user = side === "old" ? `${role}@pg-old` : role;
        return this.ask(side, user, await this.azure.tokens.issue({ objectId }), sql, database);
    }

    /** As Ada, who is in the group of administrators. */
    asAdministrator(side: Side, sql: string, database?: string) {
        return this.as(side, "DB Admins", SEED_IDS.ada, sql, database);
    }
}
