/** `postgresql:index/grantRole:GrantRole`: one membership. */

import { identifier } from "../../components/provider/sql";
import { GRANT_ROLE_TABLE } from "./postgresqlTables";
import type { PostgresqlType } from "./postgresqlType";

export const GRANT_ROLE_TYPE: PostgresqlType = {
    table: GRANT_ROLE_TABLE,

    async create(server, inputs) {
        const { role, grantRole, withAdminOption } = inputs as {
            role: string;
            grantRole: string;
            withAdminOption?: boolean;
        };
        const [granted, member] = [identifier(grantRole), identifier(role)];
        await server.transaction(async (session) => {
            await session.query(`revoke ${granted} from ${member}`);
            await session.query(
                `grant ${granted} to ${member}${withAdminOption ? " with admin option" : ""}`,
            );
        });
        return {
            id: `${role}_${grantRole}_${withAdminOption === true}`,
            properties: { withAdminOption: false, ...inputs },
        };
    },

    async read(server, id, inputs, state) {
        const { role, grantRole } = { ...inputs, ...state } as { role?: string; grantRole?: string };
        if (!role || !grantRole)
            throw new Error(`A membership cannot be imported: '${id}' does not say where one name ends.`);
        const { rows } = await server.transaction((session) =>
            session.query(
                `select admin_option as admin from pg_auth_members
                  where pg_get_userbyid(member) = $1 and pg_get_userbyid(roleid) = $2`,
                [role, grantRole],
            ),
        );
        if (rows.length === 0) return undefined;
        // From PostgreSQL 16 on there may be one of each grantor, for instance of whoever made the role.
        const wanted = inputs.withAdminOption === true;
        const found = { withAdminOption: rows.some((row) => row["admin"] === wanted) ? wanted : !wanted };
        return { id, inputs: { ...inputs, ...found }, properties: { ...state, ...found } };
    },

    async delete(server, state) {
        const { role, grantRole } = state as { role: string; grantRole: string };
        await server.transaction(async (session) => {
            const { rows } = await session.query("select from pg_roles where rolname in ($1, $2)", [
                role,
                grantRole,
            ]);
            if (rows.length === 2)
                await session.query(`revoke ${identifier(grantRole)} from ${identifier(role)}`);
        });
    },
};
