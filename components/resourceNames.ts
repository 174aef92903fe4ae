import { LONGEST_NAME } from "./names";
import { ValidationError } from "./validationError";

/** Names of things that have a path of their own in the resource API: what they may hold is the API's rule. */

const SYSTEM_DATABASES = ["postgres", "template0", "template1", "azure_maintenance", "azure_sys"];

/** Logins that Azure refuses, compared without regard to case. */
const REFUSED_LOGINS = [
    "azure_superuser",
    "azuresu",
    "azure_pg_admin",
    "admin",
    "administrator",
    "root",
    "guest",
    "public",
];

/** @throws ValidationError where no server can have this name. */
export function checkServerName(argument: string, name: unknown): void {
    if (typeof name === "string" && /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) return;
    throw new ValidationError(
        argument,
        name,
        "a server's name has 3 to 63 lower-case letters, digits and hyphens, with no hyphen at either end",
        "choose such a name, unique in all of Azure",
    );
}

/** @throws ValidationError where no database can have this name. */
export function checkDatabaseName(argument: string, name: unknown): void {
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) || name.length > LONGEST_NAME)
        throw new ValidationError(
            argument,
            name,
            `a database's name has 1 to ${LONGEST_NAME} letters, digits, underscores and hyphens and begins with a letter or underscore`,
            "choose such a name",
        );
    if (SYSTEM_DATABASES.includes(name))
        throw new ValidationError(
            argument,
            name,
            "the service makes this database itself",
            "choose another name",
        );
}

/** @throws ValidationError where no firewall rule can have this name. */
export function checkFirewallRuleName(argument: string, name: unknown): void {
    if (typeof name === "string" && /^[A-Za-z0-9_-]{1,80}$/.test(name)) return;
    const rule = "a firewall rule's name has 1 to 80 letters, digits, underscores and hyphens";
    throw new ValidationError(argument, name, rule, "choose such a name");
}

/** @throws ValidationError where no server parameter can have this name. */
export function checkParameterName(argument: string, name: string): void {
    if (/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name)) return;
    const rule = "a server parameter's name has letters, digits and underscores, with one dot at most";
    throw new ValidationError(
        argument,
        name,
        rule,
        "look it up with `az postgres flexible-server parameter list`",
    );
}

/** @throws ValidationError where Azure refuses this name for the password administrator. */
export function checkAdministratorLogin(argument: string, name: unknown): void {
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > LONGEST_NAME)
        throw new ValidationError(
            argument,
            name,
            `a login has 1 to ${LONGEST_NAME} letters, digits and underscores and begins with a letter or underscore`,
            "choose such a name",
        );
    if (REFUSED_LOGINS.includes(name.toLowerCase()) || /^pg_/i.test(name))
        throw new ValidationError(
            argument,
            name,
            `Azure refuses ${REFUSED_LOGINS.join(", ")} and names that begin with pg_`,
            "choose another name",
        );
}
