/** The authentication mode of a server (F1, F4): flags, tenant, login and password. */

import type { PropertyMap } from "../../../components/provider/resourceProvider";
import { badRequest, invalidParameter } from "../armError";
import type { StoredResource } from "../resourceStore";

export interface AuthConfig {
    activeDirectoryAuth: "Enabled" | "Disabled";
    passwordAuth: "Enabled" | "Disabled";
    tenantId?: string;
}

const RESERVED_LOGINS = [
    "admin",
    "administrator",
    "azure_pg_admin",
    "azure_superuser",
    "azuresu",
    "guest",
    "public",
    "replication",
    "root",
];

/** Microsoft Learn, "Create an Azure Database for PostgreSQL flexible server" (administrator login). */
export function refuseLogin(value: unknown): string | undefined {
    const login = value as string;
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(login)) {
        return "a login has 1 to 63 letters, digits, '_' and '-', and begins with a letter.";
    }
    if (RESERVED_LOGINS.includes(login.toLowerCase()) || /^(pg_|azure_)/i.test(login)) {
        return "Azure keeps this name for itself. Use another.";
    }
    return undefined;
}

/** The same page: 8 to 128 characters of three kinds, without the login. Never shows the value. */
export function refusePassword(value: unknown, inputs: PropertyMap): string | undefined {
    const password = value as string;
    if (password.length < 8 || password.length > 128) return "a password has 8 to 128 characters.";
    const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
    if (kinds < 3) {
        return "a password has characters of three of these kinds: upper case, lower case, digits, others.";
    }
    const login = inputs.administratorLogin;
    if (typeof login === "string" && login !== "" && password.toLowerCase().includes(login.toLowerCase())) {
        return "a password does not contain the login.";
    }
    return undefined;
}

/**
 * The mode that a write leads to. What is left out means what the API says: passwords stay Enabled, and without
 * the whole block an existing server keeps its mode.
 */
export function effectiveAuth(inputs: PropertyMap, existing: StoredResource | undefined): AuthConfig {
    const given = inputs.authConfig as Partial<AuthConfig> | undefined;
    if (!given && existing) return existing.properties.authConfig as AuthConfig;
    return {
        activeDirectoryAuth: given?.activeDirectoryAuth ?? "Disabled",
        passwordAuth: given?.passwordAuth ?? "Enabled",
        ...(given?.activeDirectoryAuth === "Enabled" ? { tenantId: given.tenantId ?? "" } : {}),
    };
}

/**
 * Refuses what Azure refuses.
 *
 * @throws ArmError
 */
export function checkAuth(
    auth: AuthConfig,
    inputs: PropertyMap,
    existing: StoredResource | undefined,
    tenantId: string,
): void {
    if (auth.activeDirectoryAuth === "Disabled" && auth.passwordAuth === "Disabled") {
        throw invalidParameter("authConfig", "At least one way to authenticate must be Enabled (F1).");
    }
    if (auth.activeDirectoryAuth === "Enabled" && auth.tenantId?.toLowerCase() !== tenantId.toLowerCase()) {
        const shown = auth.tenantId
            ? `'${auth.tenantId}'`
            : "empty (what the SDK sends where it is left out)";
        throw invalidParameter(
            "tenantId",
            `It is ${shown}; the tenant of this subscription is ${tenantId} (F2).`,
        );
    }
    checkCredentials(auth, inputs, existing);
}

function checkCredentials(auth: AuthConfig, inputs: PropertyMap, existing: StoredResource | undefined): void {
    const { administratorLogin: login, administratorLoginPassword: password } = inputs;
    const before = existing?.properties.administratorLogin as string | undefined;
    if (before && login !== undefined && login !== before) {
        throw invalidParameter("administratorLogin", `It is '${before}' for the rest of the server's life.`);
    }
    const enabled = auth.passwordAuth === "Enabled";
    const wasEnabled =
        (existing?.properties.authConfig as AuthConfig | undefined)?.passwordAuth === "Enabled";
    if (enabled && ((!before && login === undefined) || (!wasEnabled && password === undefined))) {
        // Azure/azure-cli#29346 has code and text.
        throw badRequest(
            "EngineCredentialsNotProvided",
            "The admin credentials are required for creating admin role while enabling Password Authentication and must be provided.",
        );
    }
    // A server born without passwords has no login (F4). One that had passwords keeps its login (specification).
    if (!existing && !enabled && (login !== undefined || password !== undefined)) {
        throw invalidParameter(
            login === undefined ? "administratorLoginPassword" : "administratorLogin",
            "Password authentication is Disabled, so there is no password administrator (F4). Leave it out.",
        );
    }
}
