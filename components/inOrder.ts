/** By key in code-unit order, whatever order the arguments arrived in: maps have none across languages. */
export function inOrder<T>(items: T[], key: (item: T) => string): T[] {
    return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
