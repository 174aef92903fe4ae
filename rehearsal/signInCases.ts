import type { Directory } from "../emulator/entra/directory";
import type { DirectoryObject } from "../emulator/entra/directoryObject";
import { POSTGRES_AUDIENCE, type ForgedKind, type TokenIssuer } from "../emulator/entra/tokenIssuer";
import type { StackConfig } from "../stackConfig";
import { firstDatabase } from "../stackConfigAccess";
import type { SignInAttempt } from "./signInAttempt";

/**
 * Everybody who may sign in to the stack, and everybody who may not. Derived from the stack's configuration and the tenant:
 * who is configured signs in; the refusals are the same for every stack.
 */

export interface Tenant {
    directory: Directory;
    tokens: TokenIssuer;
    /** Where the metadata service answers, from which managed identities get their tokens (F37). */
    metadataUrl: string;
    /** For whom tokens are. Default: Flexible Server (F14). */
    audience?: string;
}

/** Administrators and principals, each as themselves; groups by each of their members. */
export function welcomeCases(config: StackConfig, tenant: Tenant): SignInAttempt[] {
    const group = config.adminGroup && tenant.directory.findByName(config.adminGroup.displayName)[0];
    const administrators = [
        ...config.administrators.map((a) => ({ name: a.principalName, objectId: a.objectId })),
        ...(group ? [{ name: group.displayName, objectId: group.objectId }] : []),
    ];
    return [
        ...administrators.flatMap((a) => byThemselves(tenant, a, "postgres", "administrator")),
        ...config.principals.flatMap((p) => asThemselves(tenant, p, firstDatabase(config, p))),
    ];
}

/** A principal as itself; a group as each of its members. */
export function asThemselves(
    tenant: Tenant,
    principal: StackConfig["principals"][number],
    database = "postgres",
): SignInAttempt[] {
    return byThemselves(tenant, principalIdentity(tenant, principal), database);
}

/** A role and the identity that it is bound to. */
export interface Named {
    name: string;
    objectId: string;
}

function principalIdentity(tenant: Tenant, principal: StackConfig["principals"][number]): Named {
    const objectId = principal.objectId ?? tenant.directory.findByName(principal.name)[0]?.objectId;
    if (!objectId) throw new Error(`the tenant has no identity for the principal '${principal.name}'`);
    return { name: principal.name, objectId };
}

/** The identity signs in to its role; a group's members do, each with their own token (F20). */
export function byThemselves(tenant: Tenant, role: Named, database: string, as?: string): SignInAttempt[] {
    const identity = tenant.directory.get(role.objectId);
    if (!identity) throw new Error(`the tenant has no identity ${role.objectId} for the role '${role.name}'`);
    const members = identity.principalType === "Group" ? membersOf(tenant.directory, identity) : [identity];
    return members.map((member) => ({
        who: describe(member, identity === member ? as : `member of ${identity.displayName}`),
        role: role.name,
        database,
        token: () => tokenOf(tenant, member),
    }));
}

function membersOf(directory: Directory, group: DirectoryObject): DirectoryObject[] {
    return (group.members ?? []).map((id) => directory.get(id)).filter((member) => member !== undefined);
}

/** A person has proved a second factor; applications have none. */
function tokenOf(tenant: Tenant, identity: DirectoryObject): Promise<string> {
    const { audience = POSTGRES_AUDIENCE } = tenant;
    if (identity.managedIdentity) return metadataToken(tenant.metadataUrl, identity.appId!, audience);
    const mfa = identity.principalType === "User";
    return tenant.tokens.issue({ objectId: identity.objectId, mfa, audience });
}

/** As a workload on a virtual machine does it (F37). */
async function metadataToken(url: string, clientId: string, resource: string): Promise<string> {
    const query = new URLSearchParams({
        "api-version": "2018-02-01",
        resource,
        client_id: clientId,
    });
    const response = await fetch(`${url}/metadata/identity/oauth2/token?${query}`, {
        headers: { Metadata: "true" },
    });
    const body = (await response.json()) as { access_token?: string; error_description?: string };
    if (!body.access_token) throw new Error(`the metadata service gave no token: ${body.error_description}`);
    return body.access_token;
}

function describe(identity: DirectoryObject, more?: string): string {
    const kind =
        identity.userType === "Guest"
            ? "guest user"
            : identity.managedIdentity
              ? "managed identity"
              : KINDS[identity.principalType];
    return `${identity.displayName} (${[kind, more].filter(Boolean).join(", ")})`;
}

const KINDS = { User: "user", Group: "group", ServicePrincipal: "service principal" } as const;

const INVALID = "An error occurred while validating the access token";

const FORGERIES: { kind: ForgedKind; who: string; refusal: string }[] = [
    { kind: "expired", who: "an expired token", refusal: "The access token has expired" },
    {
        kind: "wrongAudience",
        who: "a token for another resource",
        refusal: "does not have a valid audience claim",
    },
    { kind: "wrongTenant", who: "a token of another tenant", refusal: INVALID },
    { kind: "forgedSignature", who: "a forged signature", refusal: INVALID },
    { kind: "algNone", who: "an unsigned token (alg: none)", refusal: INVALID },
];

/** Sign-ins that must fail, with what the refusal must say. */
export function refusalCases(config: StackConfig, tenant: Tenant): SignInAttempt[] {
    const user = config.principals.find((p) => p.principalType === "User" && !p.name.includes("#EXT#"));
    const group = config.principals.find((p) => p.principalType === "Group");
    return [
        ...(user ? userRefusals(tenant, principalIdentity(tenant, user)) : []),
        ...(group ? [nonMember(tenant, principalIdentity(tenant, group))] : []),
    ];
}

/** Whatever is wrong with a token, and a connection without TLS. */
export function userRefusals(tenant: Tenant, user: Named, database = "postgres"): SignInAttempt[] {
    const identity = tenant.directory.get(user.objectId)!;
    const attempt = (who: string, refusal: string, token: () => Promise<string>): SignInAttempt => ({
        who,
        role: user.name,
        database,
        token,
        refusal,
    });
    return [
        ...FORGERIES.map((f) =>
            attempt(f.who, f.refusal, () =>
                tenant.tokens.forge(f.kind, {
                    objectId: user.objectId,
                    mfa: true,
                    audience: tenant.audience,
                }),
            ),
        ),
        {
            ...attempt("a plaintext connection", "no encryption", () => tokenOf(tenant, identity)),
            plaintext: true,
        },
    ];
}

function nonMember(tenant: Tenant, group: Named): SignInAttempt {
    const isMember = (o: DirectoryObject) => tenant.directory.groupsOf(o.objectId).includes(group.objectId);
    const outsider = tenant.directory.all().find((o) => o.principalType === "User" && !isMember(o));
    if (!outsider) throw new Error(`every user of the tenant is a member of '${group.name}'`);
    return {
        who: `${outsider.displayName}, not a member of the group`,
        role: group.name,
        database: "postgres",
        token: () => tokenOf(tenant, outsider),
        refusal: "does not belong to a member of the group",
    };
}

/** Sign-ins for which the tenant is changed, and how to change it back. */
export interface RecreatedIdentity {
    attempts: SignInAttempt[];
    restore: () => void;
}

/**
 * A user is deleted in Entra and made again under the same name. The last token still signs in (F31); the new identity is
 * another one and is refused (F33).
 */
export async function recreatedIdentityCases(
    config: StackConfig,
    tenant: Tenant,
): Promise<RecreatedIdentity> {
    const user = config.principals.find((p) => p.principalType === "User" && !p.name.includes("#EXT#"));
    if (!user) return { attempts: [], restore: () => undefined };
    return recreatedUserCases(tenant, principalIdentity(tenant, user));
}

/** The same for one user. */
export async function recreatedUserCases(
    tenant: Tenant,
    user: Named,
    database = "postgres",
): Promise<RecreatedIdentity> {
    const { directory } = tenant;
    const identity = directory.get(user.objectId)!;
    const groups = directory.all().filter((group) => group.members?.includes(identity.objectId));
    const lastToken = await tokenOf(tenant, identity);
    directory.remove(identity.objectId);
    const recreated: DirectoryObject = { ...identity, objectId: crypto.randomUUID() };
    directory.add(recreated);
    const as = { role: user.name, database };
    const restore = () => {
        directory.remove(recreated.objectId);
        directory.add(identity);
        for (const { objectId, members } of groups) directory.update(objectId, { members });
    };
    const attempts = [
        { who: `${identity.displayName}, deleted, with the last token`, ...as, token: async () => lastToken },
        {
            who: `${identity.displayName}, recreated under the same name`,
            ...as,
            token: () => tokenOf(tenant, recreated),
            refusal: "oid mismatch",
        },
    ];
    return { attempts, restore };
}
