import { accessModel, type Identity } from "../../plan/access/accessModel";
import { objectOf, type Finding, type PolicyResource, type PolicyRule } from "../rule";

/** F24: people come and go in Entra alone, where the administrator is a group. */
export const administratorsAreGroups: PolicyRule = {
    name: "people-administer-as-group",
    description: "People administer as members of a group; the identity named by signInAs is apart.",
    level: "mandatory",
    find: (resources) =>
        administrators(resources)
            .filter(({ identity }) => identity.principalType === "User")
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

/** Administrators of servers, and principals with administrator rights, but for whoever makes the principals. */
function administrators(resources: readonly PolicyResource[]): { identity: Identity; urn: Finding["urn"] }[] {
    const signingIn = whoSignsIn(resources);
    return resources
        .flatMap((resource) => {
            const model = accessModel([resource]);
            return [...model.administrators, ...model.principals.filter((p) => p.isAdmin)].map(
                (identity) => ({
                    identity,
                    urn: resource.urn,
                }),
            );
        })
        .filter(({ identity }) => !signingIn.has(identity.name));
}

/** The roles under which the stack signs in to make principals: `signInAs`. */
function whoSignsIn(resources: readonly PolicyResource[]): Set<string> {
    const users = resources
        .filter((resource) => resource.type.startsWith("azure-postgres-entra:index:DatabasePrincipal"))
        .map((resource) => objectOf(resource.inputs.connection)?.user);
    return new Set(users.filter((user) => typeof user === "string"));
}
