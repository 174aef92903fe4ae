import * as pulumi from "@pulumi/pulumi";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import type { Cloud } from "./clouds";
import type { EntraAdministratorArgs, FlexibleServerArgs } from "./flexibleServerArgs";
import { checkedFirewallRules } from "./firewallRules";
import { administratorKeys, checkParameterValue, identities } from "./flexibleServerChecks";
import { inOrder } from "./inOrder";
import { isPlain, readyAfter, validated } from "./inputs";
import { checkObjectId, checkRoleName, checkUserPrincipalName } from "./names";
import { checkPrincipalType, PrincipalType } from "./principalType";
import { refuseSecond } from "./principalChecks";
import { serverErrorHook } from "./serverErrorHook";

/** What belongs to a server, one operation at a time (E1–E3). */

/** Registers the next operation on a server: it waits for the one before. */
export type NextOperation = <T extends pulumi.Resource>(
    make: (opts: pulumi.CustomResourceOptions) => T,
    more?: pulumi.CustomResourceOptions,
) => T;

export interface ServerTarget {
    /** Name of the component, put before the names of all children. */
    name: string;
    resourceGroupName: pulumi.Input<string>;
    /** As given, not the server's output: it is known in every preview, and children's paths hold it. */
    serverName: pulumi.Input<string>;
}

/**
 * The chain of operations on a server. It is made of `dependsOn` alone, so that removing a link changes no other one.
 * What is replaced is deleted first: its path is its name, and deleting last would delete the new one.
 */
export function oneOperationAtATime(
    parent: pulumi.Resource,
    server: pulumi.Resource,
    cloud?: Cloud,
): NextOperation {
    let before: pulumi.Resource[] = [server];
    return (make, more) => {
        const made = make({
            parent,
            dependsOn: before,
            deletedWith: server,
            deleteBeforeReplace: true,
            hooks: { onError: [serverErrorHook(cloud)] },
            ...more,
        });
        before = [server, made];
        return made;
    };
}

export function addParameters(target: ServerTarget, args: FlexibleServerArgs, next: NextOperation): void {
    const { name, ...server } = target;
    for (const [parameter, value] of inOrder(Object.entries(args.parameters ?? {}), ([key]) => key)) {
        const inputs = {
            ...server,
            configurationName: parameter,
            source: "user-override",
            value: validated(value, (v) => checkParameterValue(parameter, v)),
        };
        next((opts) => new dbforpostgresql.Configuration(`${name}-parameter-${parameter}`, inputs, opts));
    }
}

export function addFirewallRules(target: ServerTarget, args: FlexibleServerArgs, next: NextOperation): void {
    const { name, ...server } = target;
    for (const rule of checkedFirewallRules(args.firewallRules)) {
        const resource = `${name}-firewall-${rule.firewallRuleName}`;
        next((opts) => new dbforpostgresql.FirewallRule(resource, { ...server, ...rule }, opts));
    }
}

/** @returns the administrators' role names, once all of them are made */
export function addAdministrators(
    target: ServerTarget,
    args: FlexibleServerArgs,
    next: NextOperation,
): pulumi.Output<string[]> {
    const { name, ...server } = target;
    const keys = administratorKeys(args);
    const administrators = (args.administrators ?? []).map((a, i) => checked(args, a, i));
    const made = inOrder([...administrators.keys()], (i) => keys[i]!).map((i) => {
        const { objectId, principalName, principalType, tenantId } = administrators[i]!;
        const inputs = {
            ...server,
            objectId,
            principalName,
            principalType,
            tenantId: tenantId ?? args.tenantId,
        };
        const resource = `${name}-administrator-${keys[i]}`;
        return next((opts) => new dbforpostgresql.AdministratorsMicrosoftEntra(resource, inputs, opts));
    });
    const ids = pulumi.all(administrators.map((a) => a.objectId)).apply(refuseSecondObjectId);
    const names = pulumi.all([pulumi.all(administrators.map((a) => a.principalName)), ids]);
    return readyAfter(
        names.apply(([known]) => known),
        made,
    );
}

/** The administrator with checks on what is known only later. */
function checked(args: FlexibleServerArgs, administrator: EntraAdministratorArgs, i: number) {
    const at = `administrators[${i}]`;
    const others = identities(args).filter((_, other) => other !== i);
    const objectId = validated(administrator.objectId, (id) => {
        checkObjectId(`${at}.objectId`, id);
        const mine = { argument: `${at}.objectId`, value: id, key: String(id).toLowerCase() };
        const known = others.map((o) => ({ ...o, value: o.objectId, key: o.objectId?.toLowerCase() }));
        refuseSecond([...known, mine], "one identity is one role", "name each object id once");
    });
    const principalName = validated(administrator.principalName, (roleName) =>
        checkRoleName(`${at}.principalName`, roleName),
    );
    const principalType = validated(administrator.principalType, (type) =>
        checkPrincipalType(`${at}.principalType`, type),
    );
    if (isPlain(principalName) && isPlain(principalType)) return { ...administrator, objectId };
    const user = pulumi.all([principalName, principalType]).apply(([roleName, type]) => {
        if (type === PrincipalType.User) checkUserPrincipalName(`${at}.principalName`, roleName);
        return roleName;
    });
    return { ...administrator, objectId, principalName: user, principalType };
}

function refuseSecondObjectId(ids: string[]): string[] {
    const keyed = ids.map((id, i) => ({
        argument: `administrators[${i}].objectId`,
        value: id,
        key: id.toLowerCase(),
    }));
    refuseSecond(keyed, "one identity is one role", "name each object id once");
    return ids;
}

/** Databases are protected like the server: they hold the data. */
export function addDatabases(
    target: ServerTarget,
    args: FlexibleServerArgs,
    next: NextOperation,
    protect: boolean,
): pulumi.Resource[] {
    const { name, ...server } = target;
    return inOrder(args.databases ?? [], (database) => database.name).map((database) => {
        const inputs = {
            ...server,
            databaseName: database.name,
            charset: database.charset ?? "UTF8",
            collation: database.collation ?? "en_US.utf8",
        };
        const resource = `${name}-database-${database.name}`;
        return next((opts) => new dbforpostgresql.Database(resource, inputs, opts), { protect });
    });
}
