/** From everything that was read to the configuration of a stack, and what it does not say. Pure. */

import { configText } from "../rehearsal/stackFile";
import { parseStackConfig, StackConfigError, type StackConfig } from "../stackConfig";
import { checkStack, expectedHost } from "../stackResources";
import { NotAdoptable, type LeftOut, type ServerResources, type ServerRoles } from "./existing";
import { principalValues } from "./judge/principalValues";
import { profileFindings } from "./judge/profiles";
import { providerConfig } from "./judge/providerConfig";
import type { ServerAdoption, StackValues } from "./judge/serverValues";
import { unmanaged } from "./judge/unmanaged";

export interface JudgementRequest {
    project: string;
    cloud: string;
    subscription: string;
    resourceGroup: string;
    server: string;
    address?: string;
}

export interface Findings {
    resources: ServerResources;
    /** What the resources alone say. */
    found: ServerAdoption;
    /** Under whose role the server was read. */
    administrator: string;
    roles: ServerRoles;
}

export interface Judgement {
    values: StackValues;
    /** Of Pulumi's own providers, by full key. */
    providers: Record<string, string>;
    /** The same as the program reads it. */
    config: StackConfig;
    leftOut: LeftOut[];
}

/** @throws NotAdoptable where the program would refuse the configuration */
export function judgement(
    request: JudgementRequest,
    { resources, found, administrator, roles }: Findings,
): Judgement {
    // Those that are left out too: a principal's removal would take an administrator's role by SQL (F69).
    const administrators = resources.administrators.map(({ properties }) => properties);
    const { principals, leftOut } = principalValues(roles, administrators);
    const host = expectedHost({ cloud: request.cloud, server: { name: request.server } } as StackConfig);
    const values: StackValues = {
        cloud: request.cloud as StackConfig["cloud"],
        ...found.values,
        resourceGroup: { name: request.resourceGroup, existing: true },
        signInAs: administrator,
        principals,
        ...(request.address !== undefined && { hostAddresses: { [host]: request.address } }),
    };
    const providers = providerConfig(request.cloud, request.subscription);
    const config = parsed(request, values, providers);
    const profiles = profileFindings(roles.server, config);
    const refused = found.leftOut.filter(({ kind }) => kind === "administrator");
    const names = new Set([...refused, ...leftOut].map(({ name }) => name));
    return {
        values,
        providers,
        config,
        leftOut: [
            ...found.leftOut,
            ...leftOut,
            ...unmanaged(roles, config, profiles.matching, names),
            ...profiles.notes,
        ],
    };
}

/** By the program's own checks, so that what is written is never refused. */
function parsed(
    { project, server }: JudgementRequest,
    values: StackValues,
    providers: Record<string, string>,
): StackConfig {
    const own = Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [`${project}:${key}`, configText(value)]);
    const raw = { ...providers, ...(Object.fromEntries(own) as Record<string, string>) };
    try {
        const config = parseStackConfig(project, raw);
        checkStack(config, {
            azureNative: raw["azure-native:environment"],
            azuread: raw["azuread:environment"],
        });
        return config;
    } catch (error) {
        const problems = error instanceof StackConfigError ? error.problems : [(error as Error).message];
        throw new NotAdoptable(server, problems);
    }
}
