/** The URNs of one run of a program, made as the engine makes them. */
export class ResourceUrns {
    readonly #qualifiedTypes = new Map<string, string>();
    readonly #taken = new Set<string>();

    constructor(
        private readonly stack: string,
        private readonly project: string,
    ) {}

    /**
     * The types of all parents below the stack, joined by `$`, and the name.
     *
     * @throws Error where another resource of this run has the URN
     */
    take(parent: string, type: string, name: string): string {
        const above = this.#qualifiedTypes.get(parent);
        const qualified = above ? `${above}$${type}` : type;
        const urn = `urn:pulumi:${this.stack}::${this.project}::${qualified}::${name}`;
        if (this.#taken.has(urn))
            throw new Error(`two resources have the URN ${urn}; give one of them another name`);
        this.#taken.add(urn);
        if (type !== "pulumi:pulumi:Stack") this.#qualifiedTypes.set(urn, qualified);
        return urn;
    }
}
