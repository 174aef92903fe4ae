/** Paths with names for what varies. Pure. */

/**
 * What stands at the names of `pattern` in `path`; `undefined` where the path is another one.
 *
 * @param pattern `/v1.0/groups/{id}/members`; a last `{name*}` stands for one or more segments
 * @param path still percent-encoded, without a query
 */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
    const [wanted, given] = [pattern.split("/"), path.split("/")];
    const parameters: Record<string, string> = {};
    for (const [i, part] of wanted.entries()) {
        const name = /^\{(\w+)(\*?)\}$/.exec(part);
        if (name?.[2] === "*") {
            const rest = given.slice(i);
            return rest.length > 0 && put(parameters, name[1]!, rest.join("/")) ? parameters : undefined;
        }
        const actual = given[i];
        if (actual === undefined || actual === "") {
            if (actual !== part) return undefined;
        } else if (name) {
            if (!put(parameters, name[1]!, actual)) return undefined;
        } else if (actual.toLowerCase() !== part.toLowerCase()) return undefined;
    }
    return given.length === wanted.length ? parameters : undefined;
}

/** False where the text is not well encoded. */
function put(parameters: Record<string, string>, name: string, encoded: string): boolean {
    try {
        parameters[name] = decodeURIComponent(encoded);
        return true;
    } catch {
        return false;
    }
}
