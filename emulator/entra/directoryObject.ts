/** The objects of a Microsoft Entra tenant that can sign in, or hold those that can. */

export type PrincipalType = "User" | "Group" | "ServicePrincipal";

export interface DirectoryObject {
    /** GUID, unique in the tenant. For applications and managed identities: of the service principal (F65). */
    objectId: string;
    principalType: PrincipalType;
    displayName: string;
    /** Users only. A guest's holds `#EXT#` (F61). */
    userPrincipalName?: string;
    /** Users only. Default: `Member`. */
    userType?: "Member" | "Guest";
    /** Service principals only: the application (client) id. */
    appId?: string;
    /** Service principals only: set where it is a managed identity (F35). */
    managedIdentity?: "SystemAssigned" | "UserAssigned";
    /** Service principals only: false where nobody may sign in to, or as, the application. Default: true. */
    accountEnabled?: boolean;
    /** Groups only: object ids of the members (users, service principals, groups). */
    members?: string[];
    /** Groups only: object ids of the owners. */
    owners?: string[];
    description?: string;
    /** Groups only. Default: true. */
    securityEnabled?: boolean;
    /** Groups only: the mail alias, unique in the tenant. Not changed after creation. */
    mailNickname?: string;
    /** Groups only. Default: false. Not changed after creation. */
    assignableToRole?: boolean;
}
