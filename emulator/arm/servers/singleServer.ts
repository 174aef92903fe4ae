/**
 * Azure Database for PostgreSQL, Single Server: `SingleServer`, which is retired, so that none is made any more (F41), and
 * `SingleServerServerAdministrator`, its one Microsoft Entra administrator (F23).
 */

import { CLOUDS } from "../../../components/clouds";
import type { PropertyMap } from "../../../components/provider/resourceProvider";
import { principalName } from "../../entra/directory";
import type { PrincipalType } from "../../entra/directoryObject";
import type { ServerSpec, Surroundings } from "../../postgres/serverTypes";
import { badRequest, invalidParameter, resourceNotFound } from "../armError";
import type { ArmType, Azure, PutCall } from "../armType";
import type { DatabaseServer } from "../databaseEngine";
import { lastName, parentOf } from "../resourceId";
import { GUID, computed, oneOf, resourceGroupName, SPEC } from "../rules";

export const SINGLE_SERVER = "azure-native:dbforpostgresql:SingleServer";
export const SINGLE_SERVER_ADMINISTRATOR = "azure-native:dbforpostgresql:SingleServerServerAdministrator";

export const SINGLE_SERVER_PATH =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DBforPostgreSQL/servers/{serverName}";
const API_VERSION = "2017-12-01";
const HOST_SUFFIX = `.${CLOUDS.Local.hostSuffix}`;
/** The local Azure's legacy servers are in no network and have no rules. */
const OPEN: Surroundings = { refusalOfAddress: () => undefined, entraUnreachable: () => undefined };

export const RETIRED =
    "Single Server is retired, and no new one can be made (F41). Use a Flexible Server: azure-native's Server, or the key 'server' of a stack; docs/from-single-server.md says what becomes what.";

export const singleServer: ArmType = {
    table: {
        token: SINGLE_SERVER,
        properties: {
            serverName: { type: "string", createOnly: true, refuse: () => RETIRED },
            resourceGroupName,
            identity: { type: "any" },
            location: { type: "any" },
            properties: { type: "any" },
            sku: { type: "any" },
            tags: { type: "any" },
        },
    },
    armType: "Microsoft.DBforPostgreSQL/servers",
    path: SINGLE_SERVER_PATH,
    apiVersion: API_VERSION,
    naming: "random",
    put() {
        throw badRequest("SingleServerRetired", RETIRED);
    },
    /** A server of former days, with its password administrator. */
    async seed({ azure, id, inputs }) {
        const { administratorLogin, administratorLoginPassword } = inputs as Record<string, string>;
        const spec = {
            ...specOf(azure, lastName(id), false),
            administratorLogin,
            administratorLoginPassword,
        };
        await azure.servers.create(spec, OPEN);
        return { administratorLogin };
    },
    async open(azure, { id, name }) {
        const hasAdministrator = azure.store.below(id, SINGLE_SERVER_ADMINISTRATOR).length > 0;
        await azure.servers.open(specOf(azure, name, hasAdministrator), OPEN);
    },
    async remove({ azure, resource }) {
        await azure.servers.remove(resource.name.toLowerCase());
    },
    view: (_, { name }) => ({ fullyQualifiedDomainName: hostOf(name), userVisibleState: "Ready" }),
};

export const singleServerAdministrator: ArmType = {
    table: {
        token: SINGLE_SERVER_ADMINISTRATOR,
        properties: {
            administratorType: oneOf(["ActiveDirectory"], SPEC.singleServer, { required: true }),
            login: { type: "string", required: true, maxBytes: 63, source: SPEC.singleServer },
            resourceGroupName,
            serverName: {
                type: "string",
                required: true,
                createOnly: true,
                pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
                source: SPEC.singleServer,
            },
            sid: {
                type: "string",
                required: true,
                pattern: GUID,
                patternText: "that is an object id (GUID)",
                source: SPEC.singleServer,
            },
            tenantId: {
                type: "string",
                required: true,
                pattern: GUID,
                patternText: "that is a GUID",
                source: SPEC.singleServer,
            },
            azureApiVersion: computed("string"),
            name: computed("string"),
            type: computed("string"),
        },
    },
    armType: "Microsoft.DBforPostgreSQL/servers/administrators",
    path: `${SINGLE_SERVER_PATH}/administrators/activeDirectory`,
    apiVersion: API_VERSION,
    naming: "none",
    /** There is one: another one takes its place (F23). */
    async put(call) {
        const { azure, id, inputs } = call;
        const { login, sid } = inputs as { login: string; sid: string };
        const principalType = checkedType(call);
        await engineOf(azure, id).setSingleServerAdministrator({
            roleName: login,
            objectId: sid,
            principalType,
        });
        return { administratorType: "ActiveDirectory", login, sid, tenantId: inputs.tenantId };
    },
    async remove({ azure, resource, withGroup }) {
        if (!withGroup) await engineOf(azure, resource.id).setSingleServerAdministrator(undefined);
    },
};

function hostOf(name: string): string {
    return `${name.toLowerCase()}${HOST_SUFFIX}`;
}

function specOf(azure: Azure, name: string, entraEnabled: boolean): ServerSpec {
    return {
        name: name.toLowerCase(),
        kind: "SingleServer",
        host: hostOf(name),
        tenantId: azure.directory.tenantId,
        entraEnabled,
        passwordEnabled: true,
    };
}

function engineOf(azure: Azure, id: string): DatabaseServer {
    const serverId = parentOf(id)!;
    const server = azure.servers.get(lastName(serverId).toLowerCase());
    if (!azure.store.get(serverId) || !server) throw resourceNotFound(serverId);
    return server;
}

/** A user or a group of the server's tenant (F23, F28, F55). */
function checkedType({ azure, inputs }: PutCall): PrincipalType {
    const { login, sid, tenantId } = inputs as PropertyMap & Record<string, string>;
    if (tenantId!.toLowerCase() !== azure.directory.tenantId.toLowerCase())
        throw invalidParameter("tenantId", `The tenant of the server is ${azure.directory.tenantId} (F28).`);
    const identity = azure.directory.get(sid!);
    const known = identity && principalName(identity);
    if (known !== login)
        throw badRequest(
            "AadAuthPrincipalCreationFailed",
            `Could not validate AAD user ${sid} because its name is not found in the tenant. Its name is ${known ? `'${known}'` : "unknown"}, not '${login}'.`,
        );
    if (identity!.principalType === "ServicePrincipal")
        throw invalidParameter(
            "sid",
            "Management operations work for user roles only (F55): the administrator is a user or a group (F23).",
        );
    return identity!.principalType;
}
