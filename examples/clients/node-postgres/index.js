import { DefaultAzureCredential } from "@azure/identity";
import pg from "pg";
import { parse } from "pg-connection-string";

const { POSTGRES_CONNECTION, POSTGRES_SCOPE = "https://ossrdbms-aad.database.windows.net/.default" } =
    process.env;
if (!POSTGRES_CONNECTION) throw new Error("POSTGRES_CONNECTION is not set; see ../README.md");

const credential = new DefaultAzureCredential();

const pool = new pg.Pool({
    // Beside a `connectionString` the client would forget its `password`.
    ...parse(POSTGRES_CONNECTION),
    // Called for each new connection, so an expired token is never used.
    password: async () => (await credential.getToken(POSTGRES_SCOPE)).token,
});
// A connection that breaks while nobody uses it must not end the process.
pool.on("error", (error) => console.error(`a connection was lost: ${error.message}`));

const { rows } = await pool.query("select session_user::text as role, current_database()::text as database");
console.log(`signed in as ${rows[0].role} to ${rows[0].database}`);
await pool.end();
