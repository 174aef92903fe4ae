/** What both resources do to a server: make principals what is declared, and remove those that are declared no more. */
import { Batches } from "./batches";
import type { Connections, ConnectionArgs } from "./connection";
import { Declarations } from "./declarations";
import type { PlannedPrincipal } from "./plan";
import { reconcile, type Leaving } from "./reconcile";
import { remove } from "./removal";
import type { OperationOptions } from "./resourceProvider";
import { mayConcernOne } from "./retry";
import type { RoleState } from "./roleState";

export interface PrincipalChange {
    /** The resource on whose behalf. */
    urn: string;
    connection: ConnectionArgs;
    principals: PlannedPrincipal[];
    leaving: Leaving[];
}

/** The engine sends many single principals at once: those that wait for their turn on a server go in one transaction. */
interface Single<What> {
    connection: ConnectionArgs;
    what: What;
}

export class PrincipalChanges {
    readonly declarations = new Declarations();
    readonly #applied: Batches<Single<PlannedPrincipal>, RoleState>;
    readonly #removed: Batches<Single<Leaving>, undefined>;

    constructor(readonly connections: Connections) {
        this.#applied = new Batches(
            (singles, options) => reconcile(connections, argsOf(singles), whatOf(singles), options),
            mayConcernOne,
        );
        this.#removed = new Batches(async (singles, options) => {
            await remove(connections, argsOf(singles), whatOf(singles), options);
            return singles.map(() => undefined);
        }, mayConcernOne);
    }

    /**
     * One transaction for all declared principals.
     *
     * @returns Their roles, in their order, and who is still to be removed by `removeAll`.
     */
    async apply(
        { urn, connection, principals, leaving }: PrincipalChange,
        options: OperationOptions,
    ): Promise<{ roles: RoleState[]; leaving: Leaving[] }> {
        const really = this.#withoutMoved(urn, connection, leaving, options);
        const rebound = new Set(principals.map(({ spec }) => spec.rebindFrom));
        const losing = really.filter(({ objectId }) => !rebound.has(objectId));
        const [first, ...more] = principals;
        const roles =
            first && more.length + losing.length === 0
                ? [await this.#applied.do(keyOf(connection), { connection, what: first }, options)]
                : await reconcile(this.connections, connection, principals, { ...options, leaving: losing });
        const made = roles.map((role) => ({ name: role.name, objectId: role.label!.objectId }));
        this.declarations.declare(urn, connection.host, made);
        // What a role was rebound from has none any more, so its removal is success. An identity that left and is declared
        // by another name has two now.
        const madeFor = new Map(roles.map((role) => [role.label!.objectId, role.oid]));
        const rest = really.map((one) => ({ ...one, but: madeFor.get(one.objectId.toLowerCase()) }));
        return { roles, leaving: rest };
    }

    /** Removes them, but for those that another resource declares. */
    async removeAll(
        urn: string,
        connection: ConnectionArgs,
        leaving: Leaving[],
        options: OperationOptions,
    ): Promise<void> {
        const really = this.#withoutMoved(urn, connection, leaving, options);
        const [first, ...more] = really;
        if (first && more.length === 0)
            await this.#removed.do(keyOf(connection), { connection, what: first }, options);
        else await remove(this.connections, connection, really, options);
    }

    /** Removes all that a resource has, and the resource with them. */
    async end(
        urn: string,
        connection: ConnectionArgs,
        leaving: Leaving[],
        options: OperationOptions,
    ): Promise<void> {
        await this.removeAll(urn, connection, leaving, options);
        this.declarations.forget(urn);
    }

    #withoutMoved(
        urn: string,
        { host }: ConnectionArgs,
        leaving: Leaving[],
        options: OperationOptions,
    ): Leaving[] {
        return leaving.filter((principal) => {
            const other = this.declarations.otherThan(urn, host, principal);
            if (other) options.log?.(`role '${principal.name}' stays: ${other} declares it now`);
            return other === undefined;
        });
    }
}

const keyOf = (connection: ConnectionArgs) => JSON.stringify(Object.entries(connection).sort());
const argsOf = (singles: Single<unknown>[]) => singles[0]!.connection;
const whatOf = <What>(singles: Single<What>[]) => singles.map(({ what }) => what);
