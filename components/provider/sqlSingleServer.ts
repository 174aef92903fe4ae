/** The SQL of the retired Single Server, whose roles are those of identities by their membership in azure_ad_user (F34, F36). */
import { identifier, literal, type Statement } from "./sql";

/** One row where the role exists. */
export const findRole = (name: string): Statement => ({
    text: `select exists (
        select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
        where m.member = r.oid and g.rolname = 'azure_ad_user') as "isEntraRole", r.rolcanlogin as "canLogin"
    from pg_catalog.pg_roles r where r.rolname = $1`,
    values: [name],
});

/** A user's or group's role is bound by its name; an application's by its client id, under any name. */
export function createRole(name: string, clientId: string | undefined): Statement[] {
    const role = `create role ${identifier(name)} with login`;
    if (clientId === undefined) return [{ text: `${role} in role azure_ad_user` }];
    return [
        { text: "set local aad_validate_oids_in_tenant = off" },
        { text: `${role} password ${literal(clientId)} in role azure_ad_user` },
    ];
}

export const dropRole = (name: string): Statement => ({ text: `drop role if exists ${identifier(name)}` });
