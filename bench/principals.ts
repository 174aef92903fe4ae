/** Times of making, checking, changing and deleting principals, beside one plain transaction. */
import { Running, DEPLOYER, HOST } from "../test/provider/running";
import { PlainTransaction } from "./plainTransaction";
import { SetSubject, SingleSubject } from "./providerSubjects";
import { JOBS, type Job, type Measured, type Times } from "./rows";
import type { Peer, Person, Subject } from "./subject";

export interface PrincipalsOptions {
    sizes: number[];
    runs: number;
    singles: number;
    peers: Peer[];
    progress: (text: string) => void;
}

/** Sizes above are measured once: they take long, and vary less. */
const LARGE = 1_000;
/** Catalogs that all jobs write to. Tidied up before each of them, so that none pays for another's dead rows. */
const CATALOGS = ["pg_authid", "pg_auth_members", "pg_shseclabel", "pg_shdescription", "pg_shdepend"];

export async function measurePrincipals(local: Running, options: PrincipalsOptions): Promise<Measured[]> {
    await makeRoomForLocks(local);
    const people = newPeople(local, Math.max(...options.sizes));
    const measured: Measured[] = [];
    await once(local, people.slice(0, 10), options);
    for (const size of options.sizes) {
        const result: Measured = { size, plain: [], set: [], single: [], peers: {} };
        for (let run = 1; run <= (size > LARGE ? 1 : options.runs); run++) {
            options.progress(`${size.toLocaleString("en-US")} principals, run ${run}`);
            const times = await once(local, people.slice(0, size), options);
            result.plain.push(times.plain);
            result.set.push(times.set);
            if (times.single) result.single.push(times.single);
            for (const [name, peer] of Object.entries(times.peers)) (result.peers[name] ??= []).push(peer);
        }
        measured.push(result);
    }
    return measured;
}

/**
 * A transaction holds a lock for each role that it makes, and PostgreSQL has room for some 6,000 with its defaults for 100
 * connections. Azure's servers allow more connections, and so have more room.
 */
export async function makeRoomForLocks(local: Running): Promise<void> {
    await local.server.setParameter("max_locks_per_transaction", "512");
    await local.server.restart();
}

function newPeople(local: Running, size: number): Person[] {
    return Array.from({ length: size }, (_, index) => {
        const name = `bench ${String(index).padStart(5, "0")}`;
        return { name, objectId: local.identity(name) };
    });
}

/** Everything at one size, one after another. */
async function once(
    local: Running,
    people: Person[],
    { singles, peers }: PrincipalsOptions,
): Promise<{ plain: Times; set: Times; single?: Times; peers: Record<string, Times> }> {
    const provider = () => local.provider(120_000);
    const connection = local.connection({ host: HOST });
    const plain = await life(local, new PlainTransaction(() => local.signIn("DBA", DEPLOYER)), people);
    const set = await life(local, new SetSubject(provider, connection), people);
    const single =
        people.length > singles
            ? undefined
            : await life(local, new SingleSubject(provider, connection), people);
    const others: Record<string, Times> = {};
    for (const peer of peers) others[peer.name] = await life(local, await started(peer, local), people);
    return { plain, set, peers: others, ...(single && { single }) };
}

function started(peer: Peer, local: Running): Promise<Subject> {
    return peer.start({
        host: HOST,
        address: "127.0.0.1",
        port: local.server.port,
        user: "DBA",
        caFile: local.ca.certificateFile!,
        folder: local.folder,
        token: () => local.issuer.issue({ objectId: DEPLOYER }),
    });
}

async function life(local: Running, subject: Subject, people: Person[]): Promise<Times> {
    const times: Times = {};
    for (const job of JOBS) {
        const action = actionOf(subject, job, people);
        if (!action) continue;
        for (const catalog of CATALOGS) await local.sql(`vacuum analyze pg_catalog.${catalog}`);
        const start = performance.now();
        try {
            await action();
            times[job] = performance.now() - start;
        } finally {
            await subject.end?.();
        }
    }
    return times;
}

function actionOf(subject: Subject, job: Job, people: Person[]): (() => Promise<void>) | undefined {
    if (job === "create") return () => subject.create(people);
    return subject[job]?.bind(subject);
}
