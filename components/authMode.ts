import { SECRET_VALUE, ValidationError } from "./validationError";

/** How people and workloads sign in to the server (F1). */
export enum AuthMode {
    /** Microsoft Entra tokens only; the server has no password at all. */
    EntraOnly = "EntraOnly",
    /** Microsoft Entra tokens, and passwords of local PostgreSQL roles. */
    EntraAndPassword = "EntraAndPassword",
    /** Passwords of local PostgreSQL roles only. */
    PasswordOnly = "PasswordOnly",
}

/** The API's three settings. All of them are always sent: what is left out, the SDK or the service fills in. */
export interface AuthConfig {
    activeDirectoryAuth: "Enabled" | "Disabled";
    passwordAuth: "Enabled" | "Disabled";
}

export interface AuthenticationChoice {
    authMode?: string;
    /** Whether a login is given, plain or not. */
    hasLogin: boolean;
    /** Whether a password is given, plain or not. */
    hasPassword: boolean;
    /** Whether the password stays as the server has it. */
    keepsPassword?: boolean;
    /** Number of Microsoft Entra administrators. */
    administrators: number;
}

export function allowsEntra(mode: AuthMode): boolean {
    return mode !== AuthMode.PasswordOnly;
}

export function allowsPasswords(mode: AuthMode): boolean {
    return mode !== AuthMode.EntraOnly;
}

/** Both flags of a mode. The tenant id belongs beside them in every request: the SDK would send an empty one. */
export function authConfig(mode: AuthMode): AuthConfig {
    return {
        activeDirectoryAuth: allowsEntra(mode) ? "Enabled" : "Disabled",
        passwordAuth: allowsPasswords(mode) ? "Enabled" : "Disabled",
    };
}

/**
 * Checks that the mode, the password administrator and the Entra administrators fit together (F1, F4, F6).
 *
 * @returns the mode; default: EntraOnly
 * @throws ValidationError
 */
export function checkAuthentication(choice: AuthenticationChoice): AuthMode {
    const mode = checkAuthMode(choice.authMode);
    if (allowsPasswords(mode)) checkPasswordAdministrator(mode, choice);
    else checkNoPasswordAdministrator(mode, choice);
    if (allowsEntra(mode) && choice.administrators === 0)
        throw new ValidationError(
            "administrators",
            undefined,
            `authMode ${mode} needs a Microsoft Entra administrator, as only one can let others in (F6)`,
            "add a user, group or service principal to administrators",
        );
    if (!allowsEntra(mode) && choice.administrators > 0)
        throw new ValidationError(
            "administrators",
            `${choice.administrators} of them`,
            `authMode ${mode} lets no Microsoft Entra identity in`,
            `remove them, or use authMode ${AuthMode.EntraAndPassword}`,
        );
    return mode;
}

export function checkAuthMode(mode: string = AuthMode.EntraOnly): AuthMode {
    const known = Object.values(AuthMode) as string[];
    if (known.includes(mode)) return mode as AuthMode;
    throw new ValidationError("authMode", mode, "there is no such mode", `use one of ${known.join(", ")}`);
}

function checkNoPasswordAdministrator(mode: AuthMode, choice: AuthenticationChoice): void {
    const rule = `authMode ${mode} has no password administrator`;
    const fix = `remove it, or use authMode ${AuthMode.EntraAndPassword}`;
    if (choice.hasLogin) throw new ValidationError("administratorLogin", "(given)", rule, fix);
    if (choice.hasPassword) throw new ValidationError("administratorPassword", SECRET_VALUE, rule, fix);
    if (choice.keepsPassword) throw new ValidationError("keepAdministratorPassword", true, rule, fix);
}

function checkPasswordAdministrator(mode: AuthMode, choice: AuthenticationChoice): void {
    if (!choice.hasLogin)
        throw new ValidationError(
            "administratorLogin",
            undefined,
            `authMode ${mode} needs a password administrator (F4)`,
            `give administratorLogin, or use authMode ${AuthMode.EntraOnly}`,
        );
    if (choice.hasPassword && choice.keepsPassword)
        throw new ValidationError(
            "keepAdministratorPassword",
            true,
            "a password that is given is not kept as it is",
            "give one of administratorPassword and keepAdministratorPassword",
        );
    if (!choice.hasPassword && !choice.keepsPassword)
        throw new ValidationError(
            "administratorPassword",
            undefined,
            `authMode ${mode} needs the password of administratorLogin`,
            "give it as a secret (`pulumi config set --secret`), or keepAdministratorPassword for a server that is there",
        );
}
