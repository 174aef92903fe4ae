/** The resource types that the program makes and that mean something for access. */

export const SERVER = "azure-native:dbforpostgresql:Server";
export const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";
export const DATABASE = "azure-native:dbforpostgresql:Database";
export const FIREWALL_RULE = "azure-native:dbforpostgresql:FirewallRule";
export const CONFIGURATION = "azure-native:dbforpostgresql:Configuration";
export const SUBNET = "azure-native:network:Subnet";
export const SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup";
export const SECURITY_RULE = "azure-native:network:SecurityRule";
export const ROUTE_TABLE = "azure-native:network:RouteTable";
export const ROUTE = "azure-native:network:Route";
export const PRINCIPAL = "azure-postgres-entra:index:DatabasePrincipal";
export const PRINCIPAL_SET = "azure-postgres-entra:index:DatabasePrincipalSet";
export const ENTRA_GROUP = "azuread:index/group:Group";
export const ENTRA_GROUP_MEMBER = "azuread:index/groupMember:GroupMember";
export const GRANT = "postgresql:index/grant:Grant";
export const DEFAULT_PRIVILEGES = "postgresql:index/defaultPrivileges:DefaultPrivileges";
export const GRANT_ROLE = "postgresql:index/grantRole:GrantRole";
