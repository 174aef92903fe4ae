import { OWNER_PROFILE } from "../../components/databaseAccessPlan";
import { accessModel } from "../../plan/access/accessModel";
import { effectiveProfiles } from "../../plan/access/effectiveAccess";
import type { PolicyRule } from "../rule";

/** People change a production database by what is reviewed and deployed, not by hand. */
export const ownersAreApplications: PolicyRule = {
    name: "no-owner-profile-for-people",
    description: "The profile owner is given to applications, not to people or their groups.",
    level: "mandatory",
    settings: {
        groupsOfApplications: {
            type: "array",
            items: { type: "string" },
            default: [],
            description: "Names of groups whose members are applications or managed identities alone.",
        },
    },
    find(resources, settings) {
        const model = accessModel(resources);
        const holder = resources.find((r) =>
            r.type.startsWith("azure-postgres-entra:index:DatabasePrincipal"),
        );
        const exempt = new Set(settings.list("groupsOfApplications"));
        const people = model.principals.filter(
            (p) => p.principalType !== "ServicePrincipal" && !exempt.has(p.name),
        );
        return people.flatMap((principal) =>
            effectiveProfiles(model, principal)
                .filter(({ profile }) => profile === OWNER_PROFILE)
                .map(({ database, via }) => {
                    const kind = principal.principalType === "Group" ? "group" : "user";
                    const how = via.length > 0 ? ` through ${via.join(", ")}` : "";
                    const message =
                        `The ${kind} '${principal.name}' has the profile owner on the database '${database}'${how}: people could change and drop tables by hand, past every review. ` +
                        `Give it readwrite or readonly, and let a deployed migration own the schema; a group of applications goes onto the list 'groupsOfApplications' of this rule.`;
                    return { urn: holder!.urn, message };
                }),
        );
    },
};
