/** Under which administrator's role the server is read, and principals are made from then on. Pure. */

export interface Administrator {
    principalName: string;
    objectId: string;
    principalType: string;
}

/**
 * @param as what somebody asked for
 * @param callerId object id of the identity that runs this
 * @throws Error that names the administrators, and what to do
 */
export function signInAs(
    administrators: readonly Administrator[],
    as: string | undefined,
    callerId: string | undefined,
): string {
    const names = administrators.map(({ principalName }) => principalName);
    const list = names.map((name) => `'${name}'`).join(", ");
    if (as !== undefined) {
        if (names.includes(as)) return as;
        throw new Error(`--as ${as}: it is no administrator of the server; its administrators are ${list}`);
    }
    const own = administrators.find(({ objectId }) => objectId.toLowerCase() === callerId);
    if (own) return own.principalName;
    const group = administrators.find(({ principalType }) => principalType === "Group");
    const fix = group
        ? `as a member of an administrator group name it, for instance --as "${group.principalName}"`
        : "run this as one of them";
    throw new Error(
        `the identity that runs this (object id ${callerId ?? "unknown"}) is no administrator of the server itself; its administrators are ${list}: ${fix}`,
    );
}
