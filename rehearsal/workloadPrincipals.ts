import type { Directory } from "../emulator/entra/directory";
import type { StackConfig } from "../stackConfig";
import { identityName } from "../stackConfigWorkloads";

/** The configuration with the object ids of the managed identities that principals name, now that they are there. */
export function withWorkloadIds(config: StackConfig, directory: Directory): StackConfig {
    const principals = config.principals.map((principal) => {
        if (principal.identity === undefined) return principal;
        const name = identityName(config, principal.identity);
        const found = directory.findByName(name).filter((object) => object.managedIdentity);
        if (found.length !== 1)
            throw new Error(`the tenant has ${found.length} managed identities that are called '${name}'`);
        return { ...principal, objectId: found[0]!.objectId };
    });
    return { ...config, principals };
}
