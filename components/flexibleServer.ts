import * as pulumi from "@pulumi/pulumi";
import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import { componentLoginHook, serverLoginHook, type WantedLogin } from "./administratorLogin";
import { allowsEntra, allowsPasswords, authConfig, type AuthMode } from "./authMode";
import { checkPrivateDnsZoneId } from "./dnsZone";
import { withFormerNames } from "./formerNames";
import type { FlexibleServerArgs, ServerNetworkArgs } from "./flexibleServerArgs";
import { checkFlexibleServer } from "./flexibleServerChecks";
import { ignoredChanges } from "./ignoredChanges";
import { isPlain, plainValue, readyAfter, validated, validatedIfGiven } from "./inputs";
import { administratorsHook, foreignDatabases, serverModeHook } from "./modeChange";
import { checkTenantId } from "./names";
import { checkAdministratorLogin, checkServerName } from "./resourceNames";
import {
    addAdministrators,
    addDatabases,
    addFirewallRules,
    addParameters,
    oneOperationAtATime,
} from "./serverOperations";
import { serverErrorHook } from "./serverErrorHook";

/**
 * Azure Database for PostgreSQL, Flexible Server, with its authentication mode, parameters, firewall rules, Microsoft Entra
 * administrators and databases, made one after another in this order: the service does one operation at a time on a
 * server, and databases made before an Entra administrator would belong to nobody's role (F70, F71).
 *
 * The server is protected against deletion, has no firewall rule and accepts Entra tokens only, unless told otherwise.
 * No change of the mode or of the password replaces it. The login of the password administrator can never change: a
 * preview that would change it fails and says what to do. A server made with EntraOnly gets its login outside of Pulumi.
 *
 * `pulumi destroy` needs `--run-program` for the retries of a busy server to work.
 */
export class FlexibleServer extends pulumi.ComponentResource {
    /** Resource id of the server. */
    public readonly serverId: pulumi.Output<string>;
    /** Name of the server. */
    public readonly serverName: pulumi.Output<string>;
    /** Host name to connect to. */
    public readonly host: pulumi.Output<string>;
    /** Role names of the Entra administrators, once they are made. */
    public readonly administrators: pulumi.Output<string[]>;
    /** Names of the databases, once they are made. */
    public readonly databases: pulumi.Output<string[]>;

    constructor(name: string, args: FlexibleServerArgs, opts?: pulumi.ComponentResourceOptions) {
        const authMode = checkFlexibleServer(args);
        const hooks = [
            componentLoginHook(name),
            administratorsHook(name, args.removeLastAdministrators ?? []),
        ];
        const guarded = pulumi.mergeOptions(opts, { hooks: { beforeUpdate: hooks } });
        super(
            "azure-postgres-entra:index:FlexibleServer",
            name,
            watched(args, authMode),
            withFormerNames("FlexibleServer", name, guarded),
        );

        const warning = allowsEntra(authMode) ? undefined : foreignDatabases(databaseNames(args), name);
        if (warning !== undefined) void pulumi.log.warn(warning, this);
        const protect = args.protect ?? opts?.protect ?? true;
        const server = makeServer(name, args, authMode, { parent: this, protect });
        const next = oneOperationAtATime(this, server, args.cloud);
        const target = { name, resourceGroupName: args.resourceGroupName, serverName: args.name };
        addParameters(target, args, next);
        addFirewallRules(target, args, next);
        const administrators = addAdministrators(target, args, next);
        const databases = addDatabases(target, args, next, protect);

        this.serverId = server.id;
        this.serverName = readyAfter(args.name, [server]);
        this.host = server.fullyQualifiedDomainName;
        this.administrators = administrators;
        this.databases = readyAfter(
            (args.databases ?? []).map((database) => database.name),
            databases,
        );
        this.registerOutputs({
            serverId: this.serverId,
            serverName: this.serverName,
            host: this.host,
            administrators: this.administrators,
            databases: this.databases,
        });
    }
}

/** What the hooks on the component compare between one run and the next. */
function watched(args: FlexibleServerArgs, authMode: AuthMode) {
    const administrators = (args.administrators ?? []).map(({ principalName, objectId }) => ({
        principalName,
        objectId,
    }));
    const databases = databaseNames(args);
    const { name: serverName, administratorLogin } = args;
    return { serverName, authMode, administratorLogin, administrators, databases };
}

function databaseNames(args: FlexibleServerArgs): string[] {
    return (args.databases ?? []).map((database) => database.name);
}

function makeServer(
    name: string,
    args: FlexibleServerArgs,
    authMode: AuthMode,
    opts: pulumi.CustomResourceOptions,
): dbforpostgresql.Server {
    const wanted = rememberLogin(args);
    const administrators = (args.administrators ?? []).map(({ objectId }) => objectId);
    return new dbforpostgresql.Server(
        `${name}-server`,
        {
            serverName: validated(args.name, (value) => checkServerName("name", value)),
            resourceGroupName: args.resourceGroupName,
            location: args.location,
            version: args.version ?? "17",
            sku: args.sku ?? { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
            ...sizes(args),
            ...zones(args),
            ...authentication(args, authMode),
            network: network(args),
            tags: args.tags,
        },
        {
            ...opts,
            ignoreChanges: ignoredChanges(args),
            additionalSecretOutputs: ["administratorLoginPassword"],
            hooks: {
                onError: [serverErrorHook(args.cloud)],
                beforeUpdate: [
                    serverLoginHook(name, wanted),
                    serverModeHook(name, wanted, administrators, opts.parent),
                ],
            },
        },
    );
}

function sizes(args: FlexibleServerArgs) {
    const geoRedundant = pulumi.output(args.geoRedundantBackup ?? false);
    return {
        storage: { storageSizeGB: args.storageSizeGb ?? 32 },
        backup: {
            backupRetentionDays: args.backupRetentionDays ?? 7,
            geoRedundantBackup: geoRedundant.apply((on) => (on ? "Enabled" : "Disabled")),
        },
    };
}

function zones(args: FlexibleServerArgs) {
    const standby = args.standbyAvailabilityZone;
    return {
        availabilityZone: args.availabilityZone,
        highAvailability: {
            mode: args.highAvailability ?? "Disabled",
            ...(standby === undefined ? {} : { standbyAvailabilityZone: standby }),
        },
    };
}

/** Without passwords the body has no login at all: the API refuses an empty one (E9). */
function authentication(args: FlexibleServerArgs, authMode: AuthMode) {
    const tenantId = validated(args.tenantId, (value) => checkTenantId("tenantId", value));
    const config = { authConfig: { ...authConfig(authMode), tenantId } };
    if (!allowsPasswords(authMode)) return config;
    return {
        ...config,
        administratorLogin: validatedIfGiven(args.administratorLogin, (value) =>
            checkAdministratorLogin("administratorLogin", value),
        ),
        administratorLoginPassword:
            args.administratorPassword === undefined ? undefined : pulumi.secret(args.administratorPassword),
    };
}

function network(args: FlexibleServerArgs) {
    const { delegatedSubnetId, privateDnsZoneId, publicNetworkAccess }: ServerNetworkArgs =
        args.network ?? {};
    if (delegatedSubnetId === undefined)
        return { publicNetworkAccess: publicNetworkAccess ? "Enabled" : "Disabled" };
    return {
        delegatedSubnetResourceId: delegatedSubnetId,
        privateDnsZoneArmResourceId: checkedZone(args, privateDnsZoneId!),
        publicNetworkAccess: "Disabled",
    };
}

/** F75 needs the server's name beside the zone's: where one of them is an output, both are waited for. */
function checkedZone(args: FlexibleServerArgs, zoneId: pulumi.Input<string>): pulumi.Input<string> {
    if (isPlain(zoneId) && isPlain(args.name)) return zoneId;
    return pulumi.all([zoneId, args.name]).apply(([id, serverName]) => {
        checkPrivateDnsZoneId("network.privateDnsZoneId", id, serverName, args.cloud);
        return id;
    });
}

/** What the hook on the server needs to know; complete before the server is registered, which waits for the same inputs. */
function rememberLogin(args: FlexibleServerArgs): Partial<WantedLogin> {
    const wanted: Partial<WantedLogin> = { login: plainValue(args.administratorLogin) };
    pulumi.output(args.name).apply((serverName) => void (wanted.serverName = serverName));
    pulumi.output(args.resourceGroupName).apply((group) => void (wanted.resourceGroupName = group));
    pulumi.output(args.administratorLogin).apply((login) => void (wanted.login = login));
    return wanted;
}
