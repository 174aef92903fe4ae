/** The resource `DatabasePrincipal` with the flavor SingleServer: a role in the dialect of the retired server, nothing more. */
import type { PoolClient } from "pg";
import { checkObjectId, checkUserPrincipalName, roleNameProblem } from "../names";
import { checkPrincipalType, PrincipalType } from "../principalType";
import { Failures, isAbsent, isKnown } from "./checks";
import type { ConnectionArgs, Connections } from "./connection";
import { checkConnection } from "./connectionArgs";
import { explained } from "./errors";
import { RefusedError } from "./plan";
import type {
    CheckResult,
    DiffResult,
    OperationOptions,
    PropertyMap,
    ReadResult,
    ResourceRef,
} from "./resourceProvider";
import { diffConnection } from "./serverArgs";
import { begin, commit, rollback, type Statement } from "./sql";
import { createRole, dropRole, findRole } from "./sqlSingleServer";

const KEYS = ["connection", "flavor", "name", "principalType", "clientId"];
const IDENTITY = ["name", "principalType", "clientId"] as const;

export function isSingleServer(inputs: PropertyMap): boolean {
    return inputs["flavor"] === "SingleServer";
}

export class SingleServerPrincipals {
    constructor(private readonly connections: Connections) {}

    check(_resource: ResourceRef, news: PropertyMap): CheckResult {
        const failures = new Failures();
        failures.unknownKeys("", news, KEYS);
        const { name, principalType, clientId } = news;
        for (const key of ["name", "principalType"])
            if (isAbsent(news[key])) failures.add(key, undefined, "a principal needs it", `give the ${key}`);
        if (failures.isOf("name", name, "string")) {
            const problem = roleNameProblem(name as string);
            if (problem) failures.add("name", name, problem.rule, problem.fix);
            if (!problem && principalType === PrincipalType.User)
                failures.run("name", (argument) => checkUserPrincipalName(argument, name as string));
        }
        if (isKnown(principalType))
            failures.run("principalType", (argument) => checkPrincipalType(argument, principalType));
        checkClientId(principalType, clientId, failures);
        return { inputs: news, failures: [...failures.list, ...checkConnection(news["connection"])] };
    }

    diff(_state: PropertyMap, olds: PropertyMap, news: PropertyMap): DiffResult {
        const detailedDiff = diffConnection(olds["connection"], news["connection"]);
        for (const key of ["flavor", ...IDENTITY])
            if ((olds[key] ?? undefined) !== (news[key] ?? undefined)) detailedDiff[key] = "update-replace";
        return { detailedDiff, deleteBeforeReplace: true };
    }

    async create(
        _resource: ResourceRef,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<{ id: string; properties: PropertyMap }> {
        if (options.preview) return { id: "", properties: outputsOf(inputs) };
        const name = inputs["name"] as string;
        await this.#use(inputs, `creating the role '${name}'`, options, async (run) => {
            const [found] = await run(findRole(name));
            const clientId = inputs["clientId"] as string | undefined;
            if (found && !found["isEntraRole"])
                throw new RefusedError([
                    `principal '${name}': the role exists and belongs to no Microsoft Entra identity; drop it, or GRANT azure_ad_user TO it by hand`,
                ]);
            // A user's or group's role is whose its name is; an application's may have any name (F36).
            if (found && clientId !== undefined)
                options.log?.(
                    `the role '${name}' exists already and stays as it is; the server does not tell whether it was made for client id ${clientId}: if it refuses that application's token, drop it and refresh: the next deployment makes it anew`,
                );
            if (found) return;
            for (const statement of createRole(name, clientId)) await run(statement);
        });
        return { id: name, properties: outputsOf(inputs) };
    }

    async read(
        _resource: ResourceRef,
        id: string,
        inputs: PropertyMap,
        _state: PropertyMap,
        options: OperationOptions,
    ): Promise<ReadResult | undefined> {
        const name = inputs["name"] as string;
        let found: Record<string, unknown> | undefined;
        await this.#use(inputs, `reading the role '${name}'`, options, async (run) => {
            [found] = await run(findRole(name));
        });
        if (!found?.["isEntraRole"]) return undefined;
        return { id, inputs, properties: { ...outputsOf(inputs), canLogin: found["canLogin"] === true } };
    }

    /** Only the way to the server can change in place. */
    async update(_resource: ResourceRef, _state: PropertyMap, _olds: PropertyMap, news: PropertyMap) {
        return outputsOf(news);
    }

    /** Absence is success. A role that owns something stays, and PostgreSQL says what it owns. */
    async delete(
        _resource: ResourceRef,
        _id: string,
        _state: PropertyMap,
        inputs: PropertyMap,
        options: OperationOptions,
    ): Promise<void> {
        const name = inputs["name"] as string;
        await this.#use(inputs, `dropping the role '${name}'`, options, async (run) => {
            await run(dropRole(name));
        });
    }

    /** In one transaction, signed in as USER@SERVER (F40). */
    async #use(
        inputs: PropertyMap,
        what: string,
        options: OperationOptions,
        work: (run: (statement: Statement) => Promise<Record<string, unknown>[]>) => Promise<void>,
    ): Promise<void> {
        const given = inputs["connection"] as ConnectionArgs;
        const connection = { ...given, user: `${given.user}@${given.host.split(".")[0]!}` };
        await this.connections.use(
            connection,
            (client) => inTransaction(client, connection.user, what, work),
            options,
        );
    }
}

async function inTransaction(
    client: PoolClient,
    user: string,
    what: string,
    work: (run: (statement: Statement) => Promise<Record<string, unknown>[]>) => Promise<void>,
): Promise<void> {
    const run = async ({ text, values }: Statement) => {
        const answer = values ? await client.query(text, values) : await client.query(text);
        return answer.rows as Record<string, unknown>[];
    };
    try {
        await run(begin);
        await work(run);
        await run(commit);
    } catch (error) {
        await run(rollback).catch(() => undefined);
        if (error instanceof Error && "code" in error) throw explained("Single Server", what, error, user);
        throw error;
    }
}

function checkClientId(principalType: unknown, clientId: unknown, failures: Failures): void {
    const isApplication = principalType === PrincipalType.ServicePrincipal;
    if (isApplication && isAbsent(clientId))
        failures.add(
            "clientId",
            undefined,
            "on Single Server an application is known by its application (client) id (F36)",
            "look it up with `az ad sp show --query appId`",
        );
    if (!isKnown(clientId)) return;
    if (!isApplication && isKnown(principalType))
        failures.add("clientId", clientId, `a ${String(principalType)} has none`, "leave it out");
    else failures.run("clientId", (argument) => checkObjectId(argument, clientId));
}

/** The server does not tell whose the role is. */
function outputsOf(inputs: PropertyMap): PropertyMap {
    return {
        name: inputs["name"],
        principalType: inputs["principalType"],
        objectId: "",
        isAdmin: false,
        requireMfa: false,
        memberOf: ["azure_ad_user"],
        settings: [],
        connectionLimit: -1,
        canLogin: true,
    };
}
