/**
 * Keeps a server's table of the tenant's identities up to date. The directory lives in this process;
 * functions in PostgreSQL cannot ask it. So every change is noted here, and written before anything that a
 * client sends reaches PostgreSQL: what a function reads is the directory at the time of its call.
 */

import type { DirectoryObject, PrincipalType } from "../entra/directoryObject";
import type { LabelType } from "./securityLabel";
import type { SuperuserPool } from "./superuserPool";

/** What is needed of the directory; `Directory` has it. */
export interface DirectoryLookup {
    readonly tenantId: string;
    get(objectId: string): DirectoryObject | undefined;
    groupsOf(objectId: string): string[];
    all(): DirectoryObject[];
    onChange(listener: (change: { objectId: string }) => void): () => void;
}

const TYPES: Record<PrincipalType, LabelType> = { User: "user", Group: "group", ServicePrincipal: "service" };

export function labelType(type: PrincipalType): LabelType {
    return TYPES[type];
}

const UPSERT = `
    insert into pg_catalog.pgaadauth_local_directory (object_id, type, name, members)
    select * from jsonb_to_recordset($1::jsonb) as d (object_id text, type text, name text, members text[])
    on conflict (object_id) do update set type = excluded.type, name = excluded.name, members = excluded.members`;

export class DirectoryTable {
    /** Object ids whose rows are out of date; `all` before the first writing. */
    #changed: Set<string> | "all" = "all";
    #writing: Promise<void> | undefined;
    readonly #stopListening: () => void;

    constructor(
        private readonly directory: DirectoryLookup,
        private readonly pool: () => SuperuserPool,
    ) {
        this.#stopListening = directory.onChange(({ objectId }) => {
            if (this.#changed !== "all") this.#changed.add(objectId.toLowerCase());
        });
    }

    /**
     * Brings the table up to date.
     * @returns `undefined` where it is: this is asked for everything that clients send.
     */
    update(): Promise<void> | undefined {
        if (this.#writing) return this.#writing.then(() => this.update());
        if (this.#changed !== "all" && this.#changed.size === 0) return undefined;
        const changed = this.#changed;
        this.#changed = new Set();
        this.#writing = this.#write(changed)
            .catch((error: unknown) => {
                this.#changed =
                    changed === "all" || this.#changed === "all"
                        ? "all"
                        : new Set([...changed, ...this.#changed]);
                throw error;
            })
            .finally(() => (this.#writing = undefined));
        return this.#writing;
    }

    close(): void {
        this.#stopListening();
    }

    async #write(changed: Set<string> | "all"): Promise<void> {
        const objects =
            changed === "all"
                ? this.directory.all()
                : [...changed].flatMap((id) => this.directory.get(id) ?? []);
        const rows = objects.map((object) => ({
            object_id: object.objectId.toLowerCase(),
            type: labelType(object.principalType),
            name:
                object.principalType === "User"
                    ? (object.userPrincipalName ?? object.displayName)
                    : object.displayName,
            members: (object.members ?? []).map((member) => member.toLowerCase()),
        }));
        await this.pool().transaction(async (query) => {
            if (changed === "all") await query("delete from pg_catalog.pgaadauth_local_directory");
            else {
                const ids = [...changed];
                await query("delete from pg_catalog.pgaadauth_local_directory where object_id = any($1)", [
                    ids,
                ]);
            }
            await query(UPSERT, [JSON.stringify(rows)]);
        });
    }
}
