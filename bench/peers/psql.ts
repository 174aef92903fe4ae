/** The real psql as a peer: `npm run bench -- --peer bench/peers/psql.ts`. The example to copy for Terraform or another tool. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { identifier, literal } from "../../components/provider/sql";
import type { Peer } from "../subject";

const psql: Peer = {
    name: "psql",
    async start({ host, address, port, user, caFile, folder, token }) {
        // Whatever is missing is said before anything is measured.
        await promisify(execFile)("psql", ["--version"]);
        const connection = `host='${host}' hostaddr='${address}' port='${port}' user='${user}' dbname='postgres' sslmode='verify-full' sslrootcert='${caFile}'`;
        let names: string[] = [];
        const run = async (statements: string[]) => {
            const file = path.join(folder, "statements.sql");
            await writeFile(file, `${statements.join(";\n")};\n`);
            const options = ["-X", "-q", "-w", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", file];
            const env = { ...process.env, PGPASSWORD: await token() };
            await promisify(execFile)("psql", [...options, connection], { env });
        };
        return {
            async create(people) {
                names = people.map(({ name }) => identifier(name));
                await run(
                    people.map(
                        ({ name, objectId }) =>
                            `select pgaadauth_create_principal_with_oid(${literal(name)}, ${literal(objectId)}, 'service', false, false)`,
                    ),
                );
            },
            async delete() {
                const parts: string[] = [];
                for (let start = 0; start < names.length; start += 1_000)
                    parts.push(`drop role ${names.slice(start, start + 1_000).join(", ")}`);
                await run(parts);
            },
        };
    },
};

export default psql;
