import { accessModel, type Identity } from "../../plan/access/accessModel";
import { POSTGRESQL_PROVIDER, PRINCIPAL } from "../../plan/resourceTypes";
import { objectOf, type Finding, type PolicyResource, type PolicyRule } from "../rule";

/** F24: people come and go in Entra alone, where the administrator is a group. A cluster knows no groups (F80). */
export const administratorsAreGroups: PolicyRule = {
    name: "people-administer-as-group",
    description: "People administer as members of a group; the identity named by signInAs is apart.",
    level: "mandatory",
    find: (resources) =>
        administrators(resources)
            .filter(({ identity, inCluster }) => identity.principalType === "User" && !inCluster)
            .map(({ identity, urn }) => ({
                urn,
                message:
                    `'${identity.name}' is an administrator as a single person: whoever follows needs a deployment, and nobody notices who stays (F24). ` +
                    `Make a group of Microsoft Entra the administrator (adminGroup) and the person a member of it.`,
            })),
};

/** F7: an administrator may do far more than an application's everyday work needs. */
export const applicationsDoNotAdminister: PolicyRule = {
    name: "no-application-administrator",
    description:
        "No application or managed identity is an administrator; the identity named by signInAs is apart.",
    level: "mandatory",
    find: (resources) =>
        administrators(resources)
            .filter(({ identity }) => identity.principalType === "ServicePrincipal")
            .map(({ identity, urn }) => ({
                urn,
                message:
                    `The application or managed identity '${identity.name}' is an administrator, with rights such as CREATEDB and CREATEROLE that are not meant ` +
                    `for everyday work (F7). List it under principals, with a profile in the databases that it uses (access).`,
            })),
};

interface FoundAdministrator {
    identity: Identity;
    inCluster: boolean;
    urn: Finding["urn"];
}

/** Administrators of servers, and principals with administrator rights, but for whoever makes the principals. */
function administrators(resources: readonly PolicyResource[]): FoundAdministrator[] {
    const signingIn = whoSignsIn(resources);
    return resources
        .flatMap((resource): FoundAdministrator[] => {
            const model = accessModel([resource]);
            const { urn } = resource;
            return [
                ...model.administrators.map((a) => ({
                    identity: a,
                    inCluster: a.system === "cosmosCluster",
                    urn,
                })),
                ...model.principals
                    .filter((p) => p.isAdmin)
                    .map((identity) => ({ identity, inCluster: false, urn })),
            ];
        })
        .filter(({ identity }) => !signingIn.has(identity.name));
}

/** The roles under which the stack signs in to make principals or, in a cluster, to give privileges: `signInAs`. */
function whoSignsIn(resources: readonly PolicyResource[]): Set<string> {
    const users = resources.map(({ type, inputs }) => {
        if (type.startsWith(PRINCIPAL)) return objectOf(inputs.connection)?.user;
        return type === POSTGRESQL_PROVIDER ? inputs.username : undefined;
    });
    return new Set(users.filter((user) => typeof user === "string"));
}
