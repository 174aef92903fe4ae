/**
 * Which resource (URN) declares which principal, as far as this process has heard: from each resource's check, and from what it
 * made. Where a principal moves from one resource to another, the one that declares it now keeps the role, and the one that
 * gave it up must not take it away, in whichever order the engine runs the two.
 *
 * Only the process knows this, not the server: a resource that the engine has not asked about yet cannot be heard of. And it
 * holds for one command of the CLI: what a preview declared may never be made, and an attached process serves many commands.
 */
export class Declarations {
    readonly #byUrn = new Map<string, Set<string>>();
    readonly #declarers = new Map<string, Set<string>>();

    /** What a resource declares now, instead of what it declared before. */
    declare(urn: string, host: unknown, principals: DeclaredPrincipal[]): void {
        this.forget(urn);
        if (typeof host !== "string") return;
        const keys = new Set(principals.map((principal) => keyOf(host, principal)));
        this.#byUrn.set(urn, keys);
        for (const key of keys) {
            const declarers = this.#declarers.get(key);
            if (declarers) declarers.add(urn);
            else this.#declarers.set(key, new Set([urn]));
        }
    }

    /** The resource declares nothing any more. */
    forget(urn: string): void {
        for (const key of this.#byUrn.get(urn) ?? []) this.#declarers.get(key)?.delete(urn);
        this.#byUrn.delete(urn);
    }

    /** At the end of a command. */
    clear(): void {
        this.#byUrn.clear();
        this.#declarers.clear();
    }

    /** Another resource that declares the principal, by its object id or by its name alone. */
    otherThan(urn: string, host: string, principal: { objectId: string; name: string }): string | undefined {
        const keys = [keyOf(host, principal), keyOf(host, { name: principal.name })];
        const declarers = keys.flatMap((key) => [...(this.#declarers.get(key) ?? [])]);
        return declarers.find((other) => other !== urn);
    }
}

export interface DeclaredPrincipal {
    objectId?: string;
    name: string;
}

const keyOf = (host: string, { objectId, name }: DeclaredPrincipal) =>
    JSON.stringify(objectId === undefined ? [host, "name", name] : [host, "id", objectId.toLowerCase()]);
