import { phrase, plainWords } from "../phrase";
import { match, someone, type AccessChange } from "./accessChange";
import type { AccessModel, Principal } from "./accessModel";
import { moreAndLess } from "./grantWords";
import type { RoleGrants } from "./roleGrants";

/** What changes for principals that are granted privileges themselves: in a cluster a profile is no role. Pure. */
export function granteeChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const { added, removed, kept } = match(grantees(before), grantees(after), ({ key }) => key);
    return [
        ...added.flatMap((now) => changes(now, [], now.grants.privileges)),
        ...removed.flatMap((old) => changes(old, old.grants.privileges, [])),
        ...kept.flatMap(({ before: old, after: now }) =>
            changes(now, old.grants.privileges, now.grants.privileges),
        ),
    ];
}

/** Whose privileges these are, where they are no profile's. */
export function granteeOf({ principals }: AccessModel, { role }: RoleGrants): Principal | undefined {
    return principals.find(({ name }) => name === role);
}

interface Grantee {
    /** By the identity, whose role may have another name later. */
    key: string;
    principal: Principal;
    grants: RoleGrants;
}

function grantees(model: AccessModel): Grantee[] {
    return model.roles.flatMap((grants) => {
        const principal = granteeOf(model, grants);
        if (!principal) return [];
        return [
            {
                key: JSON.stringify([grants.database, principal.objectId ?? principal.name]),
                principal,
                grants,
            },
        ];
    });
}

function changes(
    { principal, grants: { database } }: Grantee,
    before: RoleGrants["privileges"],
    after: RoleGrants["privileges"],
): AccessChange[] {
    return moreAndLess(before, after, (effect, privileges) => ({
        topic: "privileges",
        effect,
        who: principal.name,
        objectId: principal.objectId,
        database,
        sentence: phrase`${someone(principal)} ${plainWords(effect)} on the database ${database}: ${privileges}.`,
    }));
}
