/** Role settings (`ALTER ROLE … SET`): comparing what is declared with what the catalog stores. Pure. */

export interface RoleSetting {
    name: string;
    value: string;
    /** Only in this database. Everywhere when left out. */
    database?: string;
}

/**
 * Parameters whose value is a list of names. PostgreSQL quotes each element, so `search_path` given as one literal
 * `'a, b'` would mean one schema of that name.
 */
const LISTS = new Set([
    "search_path",
    "temp_tablespaces",
    "local_preload_libraries",
    "session_preload_libraries",
    "shared_preload_libraries",
    "unix_socket_directories",
]);

/** Parameter names are case-insensitive; a setting is identified by its name and database. */
export function settingKey(setting: { name: string; database?: string }): string {
    return `${setting.name.toLowerCase()}\u0000${setting.database ?? ""}`;
}

/** The values to write after `TO`, each as a literal of its own. */
export function settingValues(setting: { name: string; value: string }): string[] {
    return LISTS.has(setting.name.toLowerCase()) ? splitNames(setting.value) : [setting.value];
}

/** Whether two values of the same parameter mean the same. */
export function sameValue(name: string, one: string, other: string): boolean {
    if (one === other) return true;
    if (!LISTS.has(name.toLowerCase())) return false;
    return JSON.stringify(splitNames(one)) === JSON.stringify(splitNames(other));
}

/** Splits `"My Schema", public` into its names, at least one: quoted as they are, others in lower case, as PostgreSQL does. */
export function splitNames(list: string): string[] {
    const names: string[] = [];
    const pattern = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:,|$)/gy;
    while (pattern.lastIndex < list.length) {
        const match = pattern.exec(list);
        // What cannot be split (a stray quote) stays whole: PostgreSQL then says what is wrong with it.
        if (!match) return [list];
        names.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2]!.trim().toLowerCase());
    }
    return names.length > 0 ? names : [""];
}

/** Takes `name=value` of `pg_db_role_setting.setconfig` apart; the value may hold further equals signs. */
export function parseStored(entry: string): { name: string; value: string } {
    const at = entry.indexOf("=");
    return { name: entry.slice(0, at), value: entry.slice(at + 1) };
}
