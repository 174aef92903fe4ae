import {
    parseUrn,
    type ResourceProvider,
    type ResourceRef,
} from "../../components/provider/resourceProvider";
import { azureNativeProvider } from "../../emulator/providers/azureNative";
import { ADA, ROBOT, type TestAzure } from "./support";

/** The provider as a robot's deployment has it. */
export function providerOf({ api }: TestAzure): ResourceProvider {
    return azureNativeProvider(api, { caller: { objectId: ROBOT, clientId: ADA } });
}

/** A resource of azure-native within a component, by the rest of its type. */
export function ref(type: string, name = "one"): ResourceRef {
    return parseUrn(`urn:pulumi:local::project::pkg:index:Component$azure-native:${type}::${name}`);
}
