/** What can be measured: something that makes principals, finds nothing to do, changes one of them, and deletes them. */

export interface Person {
    name: string;
    objectId: string;
}

/** The plain transaction, sets, singles and peers are subjects. */
export interface Subject {
    create(people: readonly Person[]): Promise<void>;
    /** Everything is as declared already. */
    noop?(): Promise<void>;
    /** One of them changes. */
    change?(): Promise<void>;
    delete(): Promise<void>;
    /** After each job, outside its time. */
    end?(): Promise<void>;
}

/** Another tool in the same run: the default export of a module, given by `--peer <file>`; see `peers/psql.ts`. */
export interface Peer {
    name: string;
    /** @throws Error that says what is missing, for instance the tool itself. */
    start(server: PeerServer): Promise<Subject>;
}

/** Where the peer finds the server, and as whom it signs in. */
export interface PeerServer {
    /** The name in the server's certificate. */
    host: string;
    /** Where it really is. */
    address: string;
    port: number;
    user: string;
    /** Of the certificate authority. */
    caFile: string;
    /** For files; it is removed afterwards. */
    folder: string;
    /** A fresh access token, which is the password. */
    token(): Promise<string>;
}

/** What a change gives to one principal. */
export const CONNECTION_LIMIT = 7;
