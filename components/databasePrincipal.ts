import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds";
import type { PrincipalType } from "./principalType";

/** Which kind of server a principal is made on. */
export enum Flavor {
    /** Azure Database for PostgreSQL, Flexible Server. */
    Flexible = "Flexible",
    /** The retired Single Server, where a DatabasePrincipal has only name, principalType and clientId. */
    SingleServer = "SingleServer",
}

/** What happens to the objects of a principal that is removed. */
export enum OnDeleteAction {
    /** They go to another role, in every database. */
    Reassign = "Reassign",
    /** They are dropped, in every database. Databases that it owns go to the administrator who signs in. */
    Drop = "Drop",
    /** The role stays with all it has, but nobody can sign in with it. */
    Keep = "Keep",
}

/** How to reach and sign in to a server. The identity that runs Pulumi signs in, with a token of its own. */
export interface ConnectionArgs {
    /** The server's full host name. TLS always checks the certificate against it. Changing this replaces the principal. */
    host: pulumi.Input<string>;
    /** The port. Default: 5432. */
    port?: pulumi.Input<number>;
    /**
     * The role name of the Microsoft Entra administrator who signs in: a user principal name, or the name of a group,
     * service principal or managed identity. The identity that runs Pulumi must be it or a member of it. Case counts.
     */
    user: pulumi.Input<string>;
    /** The database to sign in to. Default, and only possible value: postgres. */
    database?: pulumi.Input<string>;
    /** Which Azure cloud the server is in. Default: Public. */
    cloud?: pulumi.Input<Cloud>;
    /**
     * Where to connect instead of the host, for instance a tunnel's 127.0.0.1:6432. The name that TLS checks stays the
     * host's. Default: the host.
     */
    address?: pulumi.Input<string>;
    /**
     * Path of certificates of an authority of its own. Only with cloud Local on a loopback address. Default: the
     * system's authorities, with cloud Local those that the local Azure names.
     */
    caFile?: pulumi.Input<string>;
}

/** One parameter of a role (ALTER ROLE … SET). */
export interface RoleSettingArgs {
    /** The parameter, for instance statement_timeout. */
    name: pulumi.Input<string>;
    /** Its value. Lists such as search_path are separated by commas. */
    value: pulumi.Input<string>;
    /** Only in this database. Default: in all. */
    database?: pulumi.Input<string>;
}

/** What becomes of the objects of a removed principal. */
export interface OnDeleteArgs {
    /** What happens to its objects. */
    action: pulumi.Input<OnDeleteAction>;
    /** With Reassign: the role that gets them. Default: the administrator who signs in. */
    reassignTo?: pulumi.Input<string>;
}

/** What one principal is, alone or in a set. */
export interface PrincipalProperties {
    /** User, Group or ServicePrincipal. A managed identity is a ServicePrincipal. */
    principalType: pulumi.Input<PrincipalType>;
    /**
     * The object id in Microsoft Entra ID; for applications that of the enterprise application, never of the app
     * registration. Default: the one that the service finds by name. A change replaces the role, unless rebindFrom
     * hands it over.
     */
    objectId?: pulumi.Input<string>;
    /**
     * Makes an administrator: member of azure_pg_admin with CREATEROLE and CREATEDB. Changes in place, and is checked
     * before it counts. Default: false.
     */
    isAdmin?: pulumi.Input<boolean>;
    /** Demands multi-factor authentication in the token. Changes in place, and is checked before it counts. Default: false. */
    requireMfa?: pulumi.Input<boolean>;
    /** The roles that it is a member of, all of them: other memberships are revoked. Default: none. */
    memberOf?: pulumi.Input<pulumi.Input<string>[]>;
    /** The parameters set for the role, all of them: others are reset. Default: none. */
    settings?: pulumi.Input<pulumi.Input<RoleSettingArgs>[]>;
    /** How many connections it may have at once; -1 for no limit. Default: -1. */
    connectionLimit?: pulumi.Input<number>;
    /**
     * Allows exactly one role to be handed to objectId, in place and with its privileges: the one that carries this old
     * object id, or with "unlabelled" one that belongs to no identity. Never a role of the service, a superuser, or a
     * group of privileges. Default: no role is handed over.
     */
    rebindFrom?: pulumi.Input<string>;
}

/** Inputs of a DatabasePrincipal. */
export interface DatabasePrincipalArgs extends PrincipalProperties {
    /** How to reach and sign in to the server. */
    connection: pulumi.Input<ConnectionArgs>;
    /** Which kind of server. On the retired Single Server a principal has only name, principalType and clientId. Default: Flexible. */
    flavor?: pulumi.Input<Flavor>;
    /** With the flavor SingleServer only: the application (client) id of a ServicePrincipal (F36). A change replaces the role. */
    clientId?: pulumi.Input<string>;
    /**
     * The role's name, 1 to 63 bytes, exactly as in Microsoft Entra ID where no objectId is given. With an objectId a
     * change renames the role in place; without one it replaces the role, as another name is another identity.
     */
    name: pulumi.Input<string>;
    /** What becomes of its objects when it is removed. Default: all go to the administrator who signs in, so nothing is lost. */
    onDelete?: pulumi.Input<OnDeleteArgs>;
}

/**
 * A role in PostgreSQL for one Microsoft Entra identity, found by its object id.
 *
 * A role that carries the same object id is adopted, with exactly the memberships and settings declared here. A role
 * of the same name that belongs to another identity, or to none, is refused; rebindFrom hands it over.
 */
export class DatabasePrincipal extends pulumi.CustomResource {
    // `declare`: a field with its own initialisation would overwrite what the base class assigns (target ES2022).
    /** The role's name. */
    declare readonly name: pulumi.Output<string>;
    /** The kind of identity. */
    declare readonly principalType: pulumi.Output<PrincipalType>;
    /** The object id of the identity, also where it was found by name. */
    declare readonly objectId: pulumi.Output<string>;
    /** Whether it is an administrator. */
    declare readonly isAdmin: pulumi.Output<boolean>;
    /** Whether its tokens must prove multi-factor authentication. */
    declare readonly requireMfa: pulumi.Output<boolean>;
    /** The roles that it is a member of. */
    declare readonly memberOf: pulumi.Output<string[]>;
    /** The parameters set for the role. */
    declare readonly settings: pulumi.Output<{ name: string; value: string; database?: string }[]>;
    /** How many connections it may have at once; -1 for no limit. */
    declare readonly connectionLimit: pulumi.Output<number>;
    /** False where somebody took LOGIN from the role; the next deployment gives it back. */
    declare readonly canLogin: pulumi.Output<boolean>;

    constructor(name: string, args: DatabasePrincipalArgs, opts?: pulumi.CustomResourceOptions) {
        // Outputs that are no inputs must be named too, or they stay undefined.
        super(DatabasePrincipal.type, name, { objectId: undefined, canLogin: undefined, ...args }, opts);
    }

    /** The resource's type token. */
    static readonly type = "azure-postgres-entra:index:DatabasePrincipal";
}
