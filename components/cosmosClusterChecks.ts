import { allowsEntra, allowsPasswords, AuthMode, checkAuthMode } from "./authMode";
import type { ClusterIdentityArgs, ClusterNodeArgs, CosmosClusterArgs } from "./cosmosClusterArgs";
import { checkAddresses } from "./firewallRules";
import { isPlain, plainValue } from "./inputs";
import { checkRoleName, checkTenantId } from "./names";
import { checkIdentities, refuseSecond, type PrincipalToCheck } from "./principalChecks";
import { PrincipalType } from "./principalType";
import { checkDatabaseName } from "./resourceNames";
import { SECRET_VALUE, ValidationError } from "./validationError";

/** Checks of a CosmosCluster, before anything is registered. Pure. */

/** The service's limit for the names of roles (F80). */
const LONGEST_ROLE_NAME = 40;

/**
 * @returns the authentication mode
 * @throws ValidationError for what is known before anything is registered
 */
export function checkCosmosCluster(args: CosmosClusterArgs): AuthMode {
    const authMode = checkAuthMode(args.authMode);
    checkWhoSignsIn(args, authMode);
    if (isPlain(args.name)) checkClusterName("name", args.name);
    if (isPlain(args.tenantId)) checkTenantId("tenantId", args.tenantId);
    if (isPlain(args.citusPassword)) checkClusterPassword("citusPassword", args.citusPassword);
    if (args.databaseName !== undefined) checkDatabaseName("databaseName", args.databaseName);
    checkVersion(plainValue(args.version));
    checkWorkers(args);
    checkIdentities(clusterIdentities(args));
    identityList(args).forEach(({ argument, identity }) => checkIdentity(argument, identity));
    checkNativeRoles(args);
    identityKeys(args);
    checkFirewall(args);
    return authMode;
}

/** All identities with where they stand, administrators first. */
export function identityList(
    args: CosmosClusterArgs,
): { argument: string; identity: ClusterIdentityArgs; isAdmin: boolean }[] {
    const of = (list: "administrators" | "entraRoles") =>
        (args[list] ?? []).map((identity, i) => ({
            argument: `${list}[${i}]`,
            identity,
            isAdmin: list === "administrators",
        }));
    return [...of("administrators"), ...of("entraRoles")];
}

/** What tells the identities apart in the state; an identity that becomes an administrator stays the same resource. */
export function identityKeys(args: CosmosClusterArgs): string[] {
    const keyed = identityList(args).map(({ argument, identity }) => {
        const key = identity.key ?? plainValue(identity.objectId)?.toLowerCase();
        if (key !== undefined) return { argument: `${argument}.key`, value: key, key };
        throw new ValidationError(
            `${argument}.key`,
            undefined,
            "a role whose object id is an output needs a key of its own",
            "give a short fixed text",
        );
    });
    refuseSecond(keyed, "a key tells roles apart", "give each a key of its own");
    return keyed.map(({ key }) => key);
}

function clusterIdentities(args: CosmosClusterArgs): PrincipalToCheck[] {
    return identityList(args).map(({ argument, identity }) => ({
        argument,
        name: plainValue(identity.principalName),
        objectId: plainValue(identity.objectId),
        principalType: plainValue(identity.principalType),
        foundByName: true,
    }));
}

function checkWhoSignsIn(args: CosmosClusterArgs, mode: AuthMode): void {
    const { administrators = [], entraRoles = [], nativeRoles = [] } = args;
    const refuse = (argument: string, value: unknown, rule: string, fix: string) => {
        throw new ValidationError(argument, value, rule, fix);
    };
    if (args.citusPassword === undefined)
        refuse(
            "citusPassword",
            undefined,
            "the service wants a password of citus when a cluster is made, whatever the mode",
            "give it as a secret (`pulumi config set --secret`)",
        );
    if (mode === AuthMode.EntraOnly && administrators.length === 0)
        refuse(
            "administrators",
            undefined,
            `authMode ${mode} disables citus (F48), so nobody could administer the cluster`,
            "add a user or a service principal to administrators",
        );
    const identities = [...administrators, ...entraRoles];
    if (!allowsEntra(mode) && identities.length > 0)
        refuse(
            administrators.length > 0 ? "administrators" : "entraRoles",
            `${identities.length} of them`,
            `authMode ${mode} lets no Microsoft Entra identity in`,
            `remove them, or use authMode ${AuthMode.EntraAndPassword}`,
        );
    if (!allowsPasswords(mode) && nativeRoles.length > 0)
        refuse(
            "nativeRoles",
            nativeRoles.map((role) => role.name),
            `authMode ${mode} lets nobody in by password (F48)`,
            `remove them, or use authMode ${AuthMode.EntraAndPassword}`,
        );
}

/** @throws ValidationError where no cluster can have this name */
export function checkClusterName(argument: string, name: unknown): void {
    if (typeof name === "string" && /^(?![0-9]+$)(?!-)[a-z0-9-]{3,40}(?<!-)$/.test(name)) return;
    throw new ValidationError(
        argument,
        name,
        "a cluster's name has 3 to 40 lower-case letters, digits and hyphens, no hyphen at either end, and is not of digits alone",
        "choose such a name, unique in all of Azure",
    );
}

function checkVersion(version: string | undefined): void {
    if (version === undefined || (/^\d{2}$/.test(version) && Number(version) >= 14)) return;
    throw new ValidationError(
        "version",
        version,
        "Microsoft Entra sign-in to a cluster needs PostgreSQL 14 or later",
        'write the major version alone, like "16"',
    );
}

function checkWorkers(args: CosmosClusterArgs): void {
    const count = args.workers?.count ?? 0;
    if (Number.isInteger(count) && count >= 0 && count !== 1) return;
    throw new ValidationError(
        "workers.count",
        count,
        "a cluster has no workers, where the coordinator does all work, or at least two",
        "use 0, or 2 and more",
    );
}

/** @throws ValidationError for a group, and for a name that the service takes for no role */
export function checkIdentity(argument: string, identity: ClusterIdentityArgs): void {
    const type = plainValue(identity.principalType);
    if (type !== undefined) checkClusterPrincipalType(`${argument}.principalType`, type);
    const name = plainValue(identity.principalName);
    if (name !== undefined) checkClusterRoleName(`${argument}.principalName`, name);
}

/** @throws ValidationError for a group, with the reason */
export function checkClusterPrincipalType(argument: string, type: unknown): void {
    if (type !== PrincipalType.Group) return;
    throw new ValidationError(
        argument,
        type,
        "Azure Cosmos DB for PostgreSQL does not support groups (F80)",
        "name the group's members one by one, or use a Flexible Server",
    );
}

/** @throws ValidationError where a role of a cluster cannot be called so (F80). The name is part of the role's path. */
export function checkClusterRoleName(argument: string, name: unknown): void {
    checkRoleName(argument, name);
    const text = name as string;
    if ([...text].length > LONGEST_ROLE_NAME)
        throw new ValidationError(
            argument,
            text,
            `a cluster's role names have at most ${LONGEST_ROLE_NAME} characters and this one has ${[...text].length} (F80)`,
            "use an identity with a shorter name",
        );
    if (/[/?#\\]/.test(text))
        throw new ValidationError(
            argument,
            text,
            "the name is part of the role's path in the resource API, so it has no /, ?, # or \\ (a guest's has #EXT#)",
            "use an identity with another name",
        );
}

function checkNativeRoles(args: CosmosClusterArgs): void {
    const roles = args.nativeRoles ?? [];
    for (const [i, role] of roles.entries()) {
        checkClusterRoleName(`nativeRoles[${i}].name`, role.name);
        if (!/^[-\w.]+$/.test(role.name))
            throw new ValidationError(
                `nativeRoles[${i}].name`,
                role.name,
                "a native role's name has letters, digits, underscores, hyphens and dots",
                "choose such a name",
            );
        if (isPlain(role.password)) checkClusterPassword(`nativeRoles[${i}].password`, role.password);
    }
    const names = [
        ...clusterIdentities(args).map((i) => ({ argument: `${i.argument}.principalName`, name: i.name })),
        ...roles.map((role, i) => ({ argument: `nativeRoles[${i}].name`, name: role.name })),
    ];
    refuseSecond(
        names.map(({ argument, name }) => ({ argument, value: name, key: name })),
        "one name is one role",
        "choose another name",
    );
}

/** The service's rule; the message never shows the password. @throws ValidationError */
export function checkClusterPassword(argument: string, password: unknown): void {
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/];
    const isText = typeof password === "string" && password.length >= 8 && password.length <= 256;
    if (isText && kinds.filter((kind) => kind.test(password)).length >= 3) return;
    throw new ValidationError(
        argument,
        password === undefined ? undefined : SECRET_VALUE,
        "a password has 8 to 256 characters with three of: lower case, upper case, digits, other characters",
        "choose another one",
    );
}

function checkFirewall(args: CosmosClusterArgs): void {
    const rules = args.firewallRules ?? [];
    for (const [i, { name, startIpAddress, endIpAddress }] of rules.entries()) {
        if (!/^[\w.-]{1,128}$/.test(name))
            throw new ValidationError(
                `firewallRules[${i}].name`,
                name,
                "a firewall rule's name has 1 to 128 letters, digits, dots, underscores and hyphens",
                "choose such a name",
            );
        if (isPlain(startIpAddress) && isPlain(endIpAddress))
            checkAddresses(`firewallRules[${i}]`, startIpAddress as string, endIpAddress as string);
    }
    const keyed = rules.map((r, i) => ({ argument: `firewallRules[${i}].name`, value: r.name, key: r.name }));
    refuseSecond(keyed, "names are unique in a cluster", "choose another name");
    const isPublic = (node: ClusterNodeArgs | undefined) => node?.publicNetworkAccess === true;
    if (rules.length > 0 && !isPublic(args.coordinator) && !isPublic(args.workers))
        throw new ValidationError(
            "coordinator.publicNetworkAccess",
            args.coordinator?.publicNetworkAccess,
            "firewall rules do nothing while public access is off",
            "set it to true, or remove the rules",
        );
}
