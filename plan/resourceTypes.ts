/** The resource types that the program makes and that mean something for access. */

export const SERVER = "azure-native:dbforpostgresql:Server";
export const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";
export const DATABASE = "azure-native:dbforpostgresql:Database";
export const FIREWALL_RULE = "azure-native:dbforpostgresql:FirewallRule";
export const CONFIGURATION = "azure-native:dbforpostgresql:Configuration";
export const CLUSTER = "azure-native:dbforpostgresql:ServerGroupCluster";
export const CLUSTER_ROLE = "azure-native:dbforpostgresql:ServerGroupRole";
export const CLUSTER_FIREWALL_RULE = "azure-native:dbforpostgresql:ServerGroupFirewallRule";
export const SINGLE_SERVER_ADMINISTRATOR = "azure-native:dbforpostgresql:SingleServerServerAdministrator";
/** Any resource of Azure by its path; a cluster's native roles are made by it. */
export const GENERIC_RESOURCE = "azure-native:resources:Resource";
export const SECURITY_RULE = "azure-native:network:SecurityRule";
export const PRINCIPAL = "azure-postgres-entra:index:DatabasePrincipal";
export const PRINCIPAL_SET = "azure-postgres-entra:index:DatabasePrincipalSet";
export const ENTRA_GROUP = "azuread:index/group:Group";
export const ENTRA_GROUP_MEMBER = "azuread:index/groupMember:GroupMember";
export const GRANT = "postgresql:index/grant:Grant";
export const DEFAULT_PRIVILEGES = "postgresql:index/defaultPrivileges:DefaultPrivileges";
export const GRANT_ROLE = "postgresql:index/grantRole:GrantRole";
export const POSTGRESQL_PROVIDER = "pulumi:providers:postgresql";
