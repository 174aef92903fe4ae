import * as pulumi from "@pulumi/pulumi";
import { signInRole, type StackConfig } from "./stackConfig";

/**
 * Says in the preview who will sign in to the database, and warns where that cannot work: better before the server is made
 * than ten minutes later (E11).
 *
 * @param callerObjectId object id of the identity that runs Pulumi
 */
export function tellWhoSignsIn(config: StackConfig, callerObjectId: pulumi.Input<string>): void {
    const role = signInRole(config);
    if (config.principals.length === 0 || role === undefined) return;
    void pulumi.log.info(
        `The database principals are made as '${role}', with a token of the identity that runs Pulumi.`,
    );
    pulumi.output(callerObjectId).apply((callerId) => {
        for (const warning of warnings(config, role, callerId)) void pulumi.log.warn(warning);
    });
}

/** What will not work, in words. Pure. */
export function warnings(config: StackConfig, role: string, callerId: string | undefined): string[] {
    if (config.adminGroup?.displayName === role) return config.adminGroup.existing ? [] : [freshGroup(role)];
    const administrator = config.administrators.find((a) => a.principalName === role);
    const isGroup = administrator?.principalType === "Group";
    if (!administrator || isGroup || !callerId || callerId === administrator.objectId) return [];
    return [
        `signInAs '${role}' has the object id ${administrator.objectId}, but Pulumi is run by ${callerId}, whose token that role refuses. ` +
            `Add the identity that runs Pulumi to administrators and name it in signInAs, or run Pulumi as '${role}'.`,
    ];
}

function freshGroup(role: string): string {
    return (
        `signInAs '${role}' is a group that this deployment makes. Tokens are cached, those of managed identities for hours, so a fresh ` +
        "membership may not count yet. For a first deployment make the identity that runs Pulumi an administrator itself."
    );
}
