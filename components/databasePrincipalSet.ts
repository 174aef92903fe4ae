import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, Flavor, OnDeleteArgs, PrincipalProperties } from "./databasePrincipal";
import type { PrincipalType } from "./principalType";

/** One principal of a DatabasePrincipalSet. */
export interface PrincipalEntryArgs extends PrincipalProperties {
    /**
     * The role's name, 1 to 63 bytes, exactly as in Microsoft Entra ID where no objectId is given. With an objectId a
     * change renames the role in place; without one another name is another identity, whose role is made anew.
     * Default: the key.
     */
    name?: pulumi.Input<string>;
    /** What becomes of its objects when it is taken out of the set. Default: what the set says. */
    onDelete?: pulumi.Input<OnDeleteArgs>;
}

/** Inputs of a DatabasePrincipalSet. */
export interface DatabasePrincipalSetArgs {
    /** How to reach and sign in to the server. */
    connection: pulumi.Input<ConnectionArgs>;
    /** Which kind of server. Default: Flexible, the only one supported. */
    flavor?: pulumi.Input<Flavor>;
    /**
     * The principals by keys of your choice. A key is for the preview and the state alone: keep it when a principal is
     * renamed, and give the name. A principal is found by its object id, also under another key.
     */
    principals: pulumi.Input<Record<string, pulumi.Input<PrincipalEntryArgs>>>;
    /**
     * What becomes of the objects of principals that are removed. Default: all go to the administrator who signs in, so
     * nothing is lost.
     */
    onDelete?: pulumi.Input<OnDeleteArgs>;
}

/** What the server holds about one principal of a set. What is as by default is left out, so that the state of many stays small. */
export interface PrincipalState {
    /** The role's name. */
    name: string;
    /** The kind of identity. */
    principalType: PrincipalType;
    /** The object id of the identity, also where it was found by name. */
    objectId: string;
    /** Whether it is an administrator. Default, left out: false. */
    isAdmin?: boolean;
    /** Whether its tokens must prove multi-factor authentication. Default, left out: false. */
    requireMfa?: boolean;
    /** The roles that it is a member of. Default, left out: none. */
    memberOf?: string[];
    /** The parameters set for the role. Default, left out: none. */
    settings?: { name: string; value: string; database?: string }[];
    /** How many connections it may have at once. Default, left out: no limit. */
    connectionLimit?: number;
    /** False where somebody took LOGIN from the role; the next deployment gives it back. Default, left out: true. */
    canLogin?: boolean;
}

/**
 * Roles in PostgreSQL for many Microsoft Entra identities, made and changed together in one transaction: all or nothing.
 * Each is what a DatabasePrincipal is, and they may be members of each other in any order.
 *
 * A set manages only what it names, so several sets can be on one server. A principal that moves to another set, or from
 * a DatabasePrincipal, keeps its role where the resource that gives it up depends on (`dependsOn`) the one that takes it.
 */
export class DatabasePrincipalSet extends pulumi.CustomResource {
    // `declare`: a field with its own initialisation would overwrite what the base class assigns (target ES2022).
    /** What the server holds about each principal, by its key. */
    declare readonly principals: pulumi.Output<Record<string, PrincipalState>>;

    constructor(name: string, args: DatabasePrincipalSetArgs, opts?: pulumi.CustomResourceOptions) {
        super(DatabasePrincipalSet.type, name, { ...args }, opts);
    }

    /** The resource's type token. */
    static readonly type = "azure-postgres-entra:index:DatabasePrincipalSet";
}
