/** Reads a server, judges it, and gives the two files that make it a stack. */

import azureNative from "@pulumi/azure-native/package.json";
import type { ConnectionArgs } from "../components/provider/connectionArgs";
import { ResourceManager } from "../components/provider/resourceManager";
import { planStack } from "../plan/planStack";
import { stackValues } from "../plan/stackValues";
import type { StackConfig } from "../stackConfig";
import { expectedHost } from "../stackResources";
import type { LeftOut } from "./existing";
import { importFile, type ImportFile } from "./judge/importFile";
import { serverValues, type StackValues } from "./judge/serverValues";
import { signInAs } from "./judge/signInAs";
import { judgement } from "./judgement";
import { callerObjectId } from "./read/caller";
import { readResources, serverId, type ServerPlace } from "./read/readResources";
import { readRoles } from "./read/readRoles";

export interface AdoptionRequest extends ServerPlace {
    project: string;
    stack: string;
    as?: string;
    /** Where the server is reached instead of its own name. */
    address?: string;
    /** Whether Microsoft Graph is asked. Default: true. */
    graph?: boolean;
    environment?: NodeJS.ProcessEnv;
    progress?: (what: string) => void;
}

export interface Adoption {
    host: string;
    signedInAs: string;
    values: StackValues;
    /** Configuration of Pulumi's own providers, by full key. */
    providers: Record<string, string>;
    importFile: ImportFile;
    leftOut: LeftOut[];
    /** What could not be read, in words. */
    notChecked: string[];
}

/**
 * @throws NotAdoptable, or an Error of the reading that says what is missing
 */
export async function adopt(request: AdoptionRequest): Promise<Adoption> {
    const { cloud, environment, progress } = request;
    const resources = await readResources(new ResourceManager({ environment }), request, progress);
    const found = serverValues(resources);
    const administrator = signInAs(
        found.values.administrators,
        request.as,
        request.as === undefined ? await callerObjectId(cloud, environment) : undefined,
    );
    const connection = connectionTo(request, administrator);
    const roles = await readRoles({ connection, graph: request.graph ?? true, environment, progress });
    const { values, providers, leftOut, config } = judgement(request, {
        resources,
        found,
        administrator,
        roles,
    });
    progress?.("evaluating the program");
    const plan = await planStack({
        project: request.project,
        stack: request.stack,
        values: stackValues(request.project, { ...providers, ...values }),
    });
    const place = {
        serverId: serverId(request),
        connection,
        versions: { "azure-native": azureNative.version },
    };
    return {
        host: expectedHost(config),
        signedInAs: administrator,
        values,
        providers,
        importFile: importFile(plan, place),
        leftOut,
        notChecked: [...roles.server.notRead, ...roles.directory.notRead],
    };
}

/** As the program's own connection has it: the import would else differ from it. */
function connectionTo({ cloud, server, address }: AdoptionRequest, user: string): ConnectionArgs {
    const host = expectedHost({ cloud, server: { name: server } } as StackConfig);
    return { host, user, cloud: cloud as StackConfig["cloud"], ...(address !== undefined && { address }) };
}
