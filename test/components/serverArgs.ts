import { AuthMode, PrincipalType, type FlexibleServerArgs } from "../../components/index";

export const TENANT = "11111111-1111-4111-8111-111111111111";
export const ADA = "22222222-2222-4222-8222-222222222222";
export const GROUP = "33333333-3333-4333-8333-333333333333";
export const DEPLOYER = "44444444-4444-4444-8444-444444444444";
export const SUBNET_ID =
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/postgres";

export function zoneId(zone: string): string {
    return `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/${zone}`;
}

export const ada = { objectId: ADA, principalName: "ada@contoso.com", principalType: PrincipalType.User };
export const admins = {
    objectId: GROUP,
    principalName: "Postgres Admins",
    principalType: PrincipalType.Group,
};
export const deployer = {
    objectId: DEPLOYER,
    principalName: "deployer",
    principalType: PrincipalType.ServicePrincipal,
};

/** A server that is in order: private to nobody, Entra only, one administrator. */
export function serverArgs(changes: Partial<FlexibleServerArgs> = {}): FlexibleServerArgs {
    return { name: "pg-test", resourceGroupName: "rg", tenantId: TENANT, administrators: [ada], ...changes };
}

/** Everything that a mode needs, and nothing that it refuses. */
export function argsOfMode(authMode: AuthMode): FlexibleServerArgs {
    const password = { administratorLogin: "pgadmin", administratorPassword: "s3cret-Passw0rd" };
    return serverArgs({
        authMode,
        ...(authMode === AuthMode.EntraOnly ? {} : password),
        ...(authMode === AuthMode.PasswordOnly ? { administrators: [] } : {}),
    });
}
