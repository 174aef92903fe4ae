/**
 * Runs a server from nothing, as a process of its own: makes a principal, labels it anew, signs in as it, and
 * ends.
 */
import { stat } from "node:fs/promises";
import { ADA, APP } from "./testTenant";
import { nameOf, startTestServers } from "./testServers";

async function main(): Promise<void> {
    const t = await startTestServers();
    await t.server.addAdministrator({ roleName: nameOf(ADA), objectId: ADA.objectId, principalType: "User" });
    const admin = await t.as(ADA);
    await admin.query("select pgaadauth_create_principal('id-app', false, false)");
    const label = `'aadauth,oid=${APP.objectId},type=service'`;
    await admin.query(`security label for "pgaadauth" on role "id-app" is ${label}`);
    await admin.query('create role of_ada; grant of_ada to "id-app"; alter role of_ada createdb');
    await t.server.createDatabase("app");
    await admin.end();
    const app = await t.as(APP);
    const { rows } = await app.query(
        "select current_setting('server_version') as version, pg_has_role('of_ada', 'member') as member",
    );
    if (!rows[0].member) throw new Error("the grant is not there");
    await app.end();
    const principals = await t.server.superuserQuery(
        "select 1 from pgaadauth_list_principals(false) where isadmin = 0",
    );
    const [data] = await t.server.superuserQuery<{ data_directory: string }>("show data_directory");
    const owner = (await stat(data!.data_directory)).uid;
    await t.stop();
    process.stdout.write(
        `${JSON.stringify({ version: rows[0].version, owner, principals: principals.length })}\n`,
    );
}

void main();
