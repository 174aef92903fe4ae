import type { StackConfig } from "./stackConfigSchema";

/** Principals that name a managed identity of the stack instead of an object id. Pure. */

type Principal = StackConfig["principals"][number];

/** What is wrong with the principals' `identity`, in words. */
export function identityProblems(project: string, config: StackConfig): string[] {
    const known = Object.keys(config.workloadIdentities);
    const list = known.join(", ") || "(none is configured: add one under workloadIdentities)";
    return config.principals.flatMap((principal, i) => {
        const { identity, objectId, principalType } = principal;
        const at = `${project}:principals[${i}]`;
        if (identity === undefined) return [];
        const given = JSON.stringify(identity);
        if (!known.includes(identity)) return [`${at}.identity: given ${given}; allowed: ${list}`];
        if (objectId !== undefined)
            return [`${at}.objectId: the identity ${given} says it already; leave objectId out`];
        if (principalType !== "ServicePrincipal")
            return [
                `${at}.principalType: given ${JSON.stringify(principalType)}; a managed identity is a ServicePrincipal`,
            ];
        const first = config.principals.findIndex((p) => p.identity === identity);
        return first === i
            ? []
            : [
                  `${at}.identity: given ${given}, which principals[${first}] names too; one identity is one role`,
              ];
    });
}

/** The identity's name in the directory: its own, or that of the machine whose identity it is (F38). */
export function identityName(config: StackConfig, key: string): string {
    const { name = key, existing } = config.workloadIdentities[key]!;
    const id = existing?.userAssignedIdentityId ?? existing?.virtualMachineId;
    return id?.slice(id.lastIndexOf("/") + 1) ?? name;
}

/** Under which role and to which principal a workload signs in: its own, or a group's that it is a member of (F20, F21). */
export function principalOfWorkload(config: StackConfig, identity: string): Principal | undefined {
    const groups = Object.values(config.workloadIdentities[identity]!.groups).map((id) => id.toLowerCase());
    return (
        config.principals.find((p) => p.identity === identity) ??
        config.principals.find((p) => p.objectId !== undefined && groups.includes(p.objectId.toLowerCase()))
    );
}
