/** The seed tenant with the local azuread provider on it, and the calls that its tests make. */

import assert from "node:assert/strict";
import { parseUrn, type PropertyMap } from "../../components/provider/resourceProvider";
import { SEED_IDS, seedDirectory } from "../../emulator/entra/seedDirectory";
import { azureadProvider } from "../../emulator/providers/azuread";

export const urn = (type: string) => parseUrn(`urn:pulumi:local::azure-postgres-entra::${type}::thing`);
/** An object id that nobody has. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";

export function tenant() {
    const directory = seedDirectory();
    const provider = azureadProvider(directory, { callerId: SEED_IDS.deployer });
    const check = async (type: string, inputs: PropertyMap) => provider.check(urn(type), undefined, inputs);
    const create = async (type: string, inputs: PropertyMap) => {
        const checked = await check(type, inputs);
        assert.deepEqual(checked.failures, []);
        return { ...(await provider.create(urn(type), checked.inputs, {})), inputs: checked.inputs };
    };
    const failures = async (type: string, inputs: PropertyMap) =>
        (await check(type, inputs)).failures.map((failure) => failure.reason).join(" | ");
    return { directory, provider, check, create, failures };
}
