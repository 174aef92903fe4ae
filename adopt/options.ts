/** The command line of the adoption. Pure. */

import { CLOUDS } from "../components/clouds";
import { parseAddress } from "../components/provider/connectionArgs";
import { Misuse, readOptions, stackName } from "../plan/commandLine";
import type { StackConfig } from "../stackConfig";

export const HELP = `npm run adopt: a server that was made by hand becomes a stack of this project. Nothing is changed on the server.

  npm run adopt -- --stack <stack> --subscription <id> --resource-group <name> --server <name>

It reads the server through the resource API and its roles in read-only transactions, and writes two files:
  Pulumi.<stack>.yaml     the stack's configuration
  import.<stack>.json     for pulumi import --file; then pulumi preview --expect-no-changes
What the configuration cannot say is listed by name and stays on the server as it is (docs/adopt.md).

    --cloud <cloud>         ${Object.keys(CLOUDS).join(" | ")}; default: Public
    --as <role>             signs in under this administrator's role; default: the one that the identity is itself.
                            For a member of an administrator group, the group's name
    --address <host:port>   where the server is reached instead of its own name, for instance a tunnel
    --config-file <file>    writes the configuration there
    --import-file <file>    writes the import file there
    --force                 overwrites files that are there
    --dry-run               reads and tells, and writes nothing
    --no-graph              does not ask Microsoft Entra whether the identities exist
    --json                  what was found and left out as JSON on standard output
    --help                  this text

The identity is the one that runs Pulumi (ARM_… variables, else Azure's default chain, such as az login). It needs the role Reader on the
server, and must be an administrator of it or a member of an administrator group. The subscription is taken from ARM_SUBSCRIPTION_ID where
it is not named. With --cloud Local the local Azure is read: that of LOCAL_AZURE_ENDPOINT, else the one of npm run local.

Where standard output goes to a tool: npm run --silent adopt -- …, because npm writes a heading of its own.
Exit codes: 0; 1 where the server cannot be read or adopted; 2 for a wrong command line.
Progress goes to standard error. NO_COLOR is honoured.
`;

export interface AdoptOptions {
    stack: string;
    cloud: StackConfig["cloud"];
    subscription: string;
    resourceGroup: string;
    server: string;
    as: string | undefined;
    address: string | undefined;
    configFile: string | undefined;
    importFile: string | undefined;
    force: boolean;
    dryRun: boolean;
    graph: boolean;
    json: boolean;
}

/** @throws Misuse that names the wrong option */
export function adoptOptions(words: string[], environment: NodeJS.ProcessEnv = process.env): AdoptOptions {
    const given = readOptions(words, {
        stack: { type: "string" },
        cloud: { type: "string" },
        subscription: { type: "string" },
        "resource-group": { type: "string" },
        server: { type: "string" },
        as: { type: "string" },
        address: { type: "string" },
        "config-file": { type: "string" },
        "import-file": { type: "string" },
        force: { type: "boolean" },
        "dry-run": { type: "boolean" },
        "no-graph": { type: "boolean" },
        json: { type: "boolean" },
    });
    const empty = Object.entries(given).find(([, value]) => value === "");
    if (empty) throw new Misuse(`--${empty[0]} needs a value`);
    return {
        stack: stackName(given.stack),
        cloud: cloudOf(given.cloud ?? "Public"),
        subscription: needed(
            "subscription",
            given.subscription ?? environment.ARM_SUBSCRIPTION_ID,
            "its id (`az account show --query id`), or set ARM_SUBSCRIPTION_ID",
        ),
        resourceGroup: needed(
            "resource-group",
            given["resource-group"],
            "the name of the server's resource group",
        ),
        // Azure takes any letter case, and calls a server by small letters; ids and host names are compared exactly.
        server: needed("server", given.server, "the server's name, without the domain").toLowerCase(),
        as: given.as,
        address: given.address && addressOf(given.address),
        configFile: given["config-file"],
        importFile: given["import-file"],
        force: given.force ?? false,
        dryRun: given["dry-run"] ?? false,
        graph: !given["no-graph"],
        json: given.json ?? false,
    };
}

function cloudOf(cloud: string): StackConfig["cloud"] {
    if (Object.hasOwn(CLOUDS, cloud)) return cloud as StackConfig["cloud"];
    throw new Misuse(
        `--cloud ${cloud}: there is no such cloud; use one of ${Object.keys(CLOUDS).join(", ")}`,
    );
}

/** Names become parts of a path: none may lead elsewhere. */
function needed(option: string, value: string | undefined, what: string): string {
    if (!value) throw new Misuse(`--${option} is not given: say ${what}`);
    if (/[/?#\\%\s]|^\.{1,2}$/.test(value)) throw new Misuse(`--${option} ${value}: give ${what}`);
    return value;
}

function addressOf(address: string): string {
    if (/:\d+$/.test(address) && parseAddress(address, 5432)) return address;
    throw new Misuse(`--address ${address}: an address is host:port, for instance 127.0.0.1:6432`);
}
