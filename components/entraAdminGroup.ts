import * as pulumi from "@pulumi/pulumi";
import * as azuread from "@pulumi/azuread";
import { withFormerNames } from "./formerNames";
import { isPlain, validated, validatedIfGiven } from "./inputs";
import { checkObjectId, checkRoleName } from "./names";
import { PrincipalType } from "./principalType";
import { ValidationError } from "./validationError";

/** A security group to be made. */
export interface NewAdminGroupArgs {
    /** Display name, which becomes the administrator's role name; no other group may have it. */
    displayName: pulumi.Input<string>;
    /** Default: says what the group is for. */
    description?: pulumi.Input<string>;
    /** Object ids of users or service principals that manage the group. Default: whoever runs Pulumi. */
    owners?: pulumi.Input<pulumi.Input<string>[]>;
    /** Object ids of users, groups, service principals or managed identities (F21). Default: nobody. */
    members?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A security group that is there already. One of the two is needed. */
export interface ExistingAdminGroupArgs {
    /** Display name, exactly as in Entra (F18); it must be the only group of that name. Default: by objectId. */
    displayName?: pulumi.Input<string>;
    /** Object id. Default: by displayName. */
    objectId?: pulumi.Input<string>;
}

/** Exactly one of the two. */
export interface EntraAdminGroupArgs {
    /** A group to be made. Default: none; then existing is needed. */
    create?: NewAdminGroupArgs;
    /** A group to be looked up. Default: none; then create is needed. */
    existing?: ExistingAdminGroupArgs;
}

/**
 * A Microsoft Entra group for the administrators of servers: people come and go in Entra alone, and a server knows only the
 * group (F24). Its members sign in with their own token under the group's name (F20).
 *
 * A member that was just added may have to wait: the tokens of managed identities are cached for hours.
 */
export class EntraAdminGroup extends pulumi.ComponentResource {
    /** Name of the group and of its role. */
    public readonly displayName: pulumi.Output<string>;
    /** Object id of the group. */
    public readonly objectId: pulumi.Output<string>;
    /** Always "Group", for the administrators of a server. */
    public readonly principalType: pulumi.Output<string>;

    constructor(name: string, args: EntraAdminGroupArgs, opts?: pulumi.ComponentResourceOptions) {
        checkEntraAdminGroup(args);
        super(
            "azure-postgres-entra:index:EntraAdminGroup",
            name,
            {},
            withFormerNames("EntraAdminGroup", name, opts),
        );
        const { displayName, objectId } = args.create
            ? createGroup(name, args.create, this)
            : lookUpGroup(args.existing!, this);
        this.displayName = displayName;
        this.objectId = objectId;
        this.principalType = pulumi.output<string>(PrincipalType.Group);
        this.registerOutputs({ displayName, objectId, principalType: this.principalType });
    }
}

/** @throws ValidationError for what is known before anything is registered */
export function checkEntraAdminGroup(args: EntraAdminGroupArgs): void {
    const { create, existing } = args;
    if ((create === undefined) === (existing === undefined))
        throw new ValidationError(
            create ? "existing" : "create",
            create ? "(given)" : undefined,
            "a group is either made or looked up",
            "give exactly one of create and existing",
        );
    if (create) checkNewGroup(create);
    if (existing) checkExistingGroup(existing);
}

function checkNewGroup(group: NewAdminGroupArgs): void {
    if (isPlain(group.displayName)) checkRoleName("create.displayName", group.displayName);
    for (const [list, ids] of [["owners", group.owners] as const, ["members", group.members] as const])
        if (Array.isArray(ids)) checkObjectIds(`create.${list}`, ids.filter(isPlain));
}

function checkExistingGroup(group: ExistingAdminGroupArgs): void {
    const { displayName, objectId } = group;
    if ((displayName === undefined) === (objectId === undefined))
        throw new ValidationError(
            "existing",
            displayName === undefined ? undefined : "(both given)",
            "a group is looked up by its display name or by its object id",
            "give exactly one of displayName and objectId",
        );
    if (displayName !== undefined && isPlain(displayName)) checkRoleName("existing.displayName", displayName);
    if (objectId !== undefined && isPlain(objectId)) checkObjectId("existing.objectId", objectId);
}

function checkObjectIds(argument: string, ids: unknown[]): void {
    for (const [i, id] of ids.entries()) checkObjectId(`${argument}[${i}]`, id);
}

function createGroup(name: string, group: NewAdminGroupArgs, parent: pulumi.Resource) {
    const made = new azuread.Group(
        `${name}-group`,
        {
            displayName: validated(group.displayName, (v) => checkRoleName("create.displayName", v)),
            description:
                group.description ?? "Administrators of PostgreSQL servers; the name is their role's name.",
            securityEnabled: true,
            preventDuplicateNames: true,
            owners: validatedIds("create.owners", group.owners),
            members: validatedIds("create.members", group.members),
        },
        { parent },
    );
    return { displayName: made.displayName, objectId: made.objectId };
}

function validatedIds(argument: string, ids: pulumi.Input<pulumi.Input<string>[]> | undefined) {
    if (ids === undefined) return undefined;
    return validated(pulumi.output(ids), (all) => checkObjectIds(argument, all as unknown[]));
}

function lookUpGroup(group: ExistingAdminGroupArgs, parent: pulumi.Resource) {
    const checkName = (value: unknown) => checkRoleName("existing.displayName", value);
    const found = azuread.getGroupOutput(
        {
            displayName: validatedIfGiven(group.displayName, checkName),
            objectId: validatedIfGiven(group.objectId, (v) => checkObjectId("existing.objectId", v)),
            securityEnabled: true,
        },
        { parent },
    );
    return { displayName: pulumi.output(validated(found.displayName, checkName)), objectId: found.objectId };
}
