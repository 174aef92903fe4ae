import { phrase, type Phrase } from "../phrase";
import { match, type AccessChange } from "./accessChange";
import type { AccessModel, GroupMembership } from "./accessModel";
import { identityNames } from "./administratorChanges";

/** Who joins or leaves a group of Microsoft Entra by a resource of the stack: a member may do what the group may. Pure. */
export function groupMembershipChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const names = identityNames(before, after);
    const { added, removed } = match(before.groupMemberships, after.groupMemberships, (m) =>
        JSON.stringify([m.group, m.member ?? m.resource]),
    );
    return [
        ...added.map((m): AccessChange => ({
            topic: "signIn",
            effect: "gains",
            sentence: phrase`${memberOf(m, names)} joins ${groupOf(m, names)} of Microsoft Entra: it may sign in as the group, and do what the group may.`,
        })),
        ...removed.map((m): AccessChange => ({
            topic: "signIn",
            effect: "loses",
            sentence: phrase`${memberOf(m, names)} leaves ${groupOf(m, names)} of Microsoft Entra.`,
        })),
    ];
}

/** The object id of an identity that the stack makes is not known before; then the resource says whose membership it is. */
function memberOf({ member, resource }: GroupMembership, names: Map<string, string>): Phrase {
    if (member === undefined) return phrase`An identity of the stack (${resource})`;
    return phrase`${names.get(member) ?? member}`;
}

function groupOf({ group }: GroupMembership, names: Map<string, string>): Phrase {
    if (group === undefined) return phrase`a group`;
    return phrase`the group ${names.get(group) ?? group}`;
}
