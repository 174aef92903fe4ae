/**
 * Components for passwordless PostgreSQL on Azure. Importing this starts nothing: the plugin's entry is `plugin.js`.
 */

export * from "./authMode";
export * from "./cidr";
export * from "./clouds";
export * from "./connectionStrings";
export * from "./cosmosCluster";
export * from "./cosmosClusterArgs";
export { CLUSTER_APPLICATION_ID } from "./cosmosClusterRoles";
export * from "./databaseAccess";
export * from "./databaseAccessArgs";
export { checkProfileRoles, type DatabaseProfiles } from "./databaseAccessChecks";
export { OWNER_PROFILE, profileRole, PROFILES } from "./databaseAccessPlan";
export * from "./databasePrincipal";
export * from "./databasePrincipalSet";
export * from "./dnsZone";
export * from "./entraAdminGroup";
export * from "./entraNetwork";
export * from "./entraNetworkArgs";
export * from "./flexibleServer";
export * from "./flexibleServerArgs";
export * from "./membershipCircles";
export * from "./names";
export * from "./networkConflicts";
export * from "./networkRules";
export * from "./principalChecks";
export * from "./principalType";
export * from "./resourceNames";
export * from "./retry";
export * from "./routeEvaluation";
export * from "./securityRuleEvaluation";
export * from "./serverErrorHook";
export * from "./shellQuoting";
export * from "./signIn";
export * from "./singleServer";
export * from "./validationError";
export * from "./virtualMachineIdentity";
export * from "./workloadIdentity";
export * from "./workloadIdentityArgs";
export { checkNoClientId, type IdentityIds } from "./workloadIdentityChecks";
export * from "./workloadSignIn";
