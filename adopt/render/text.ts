/** What the adoption found and left out, for people. Pure. */

import { quoteBash } from "../../components/shellQuoting";
import type { Style } from "../../report/style";
import { visible } from "../../report/visible";
import type { Adoption } from "../adoption";
import type { LeftOut } from "../existing";

export interface WrittenFiles {
    configFile: string;
    importFile: string;
    /** False for a dry run. */
    written: boolean;
}

/** In the order in which a person should read them. */
const TITLES: Record<LeftOut["kind"], string> = {
    server: "Of the server",
    administrator: "Administrators that stay unmanaged",
    principal: "Principals that stay unmanaged",
    role: "Roles",
    identity: "Identities",
    privilege: "Privileges that were granted by hand",
    profile: "Profiles",
    database: "Databases that stay unmanaged",
    "firewall rule": "Firewall rules that stay unmanaged",
    parameter: "Parameters that stay unmanaged",
};

export function adoptionText(adoption: Adoption, stack: string, files: WrittenFiles, style: Style): string {
    const { host, signedInAs, leftOut, notChecked } = adoption;
    return [
        style.bold(`${host}, read as ${visible(signedInAs)}`),
        ...countLines(adoption),
        "",
        ...(leftOut.length === 0
            ? [style.good("Everything that was found is in the configuration.")]
            : leftOutLines(leftOut, style)),
        ...(notChecked.length === 0 ? [] : ["", style.bold("Not checked"), ...notChecked.map(bullet)]),
        "",
        ...nextLines(stack, files, style),
        "",
    ].join("\n");
}

function countLines({ values, importFile }: Adoption): string[] {
    const { administrators = [], databases = [], principals = [], network, server } = values;
    const rules = network.access === "Public" ? (network.firewallRules ?? []).length : 0;
    const counts = [
        counted(administrators.length, "administrator"),
        counted(principals.length, "principal"),
        counted(databases.length, "database"),
        counted(rules, "firewall rule"),
        counted(Object.keys(server.parameters ?? {}).length, "parameter"),
    ];
    return [`  adopted: ${counts.join(", ")}; ${importFile.resources.length} resources to import`];
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
const bullet = (text: string) => `  - ${visible(text)}`;

function leftOutLines(leftOut: readonly LeftOut[], style: Style): string[] {
    const kinds = (Object.keys(TITLES) as LeftOut["kind"][]).filter((kind) =>
        leftOut.some((l) => l.kind === kind),
    );
    const heading = "Not in the configuration; it stays on the server as it is:";
    return [
        style.bold(heading),
        ...kinds.flatMap((kind) => [
            `  ${TITLES[kind]}`,
            ...leftOut
                .filter((one) => one.kind === kind)
                .map(({ name, text }) => `    - '${visible(name)}': ${visible(text)}`),
        ]),
    ];
}

function nextLines(stack: string, { configFile, importFile, written }: WrittenFiles, style: Style): string[] {
    if (!written) return ["Nothing was written (--dry-run)."];
    const elsewhere = configFile === `Pulumi.${stack}.yaml` ? "" : ` --config-file ${word(configFile)}`;
    return [
        `${style.good("Written:")} ${configFile}, ${importFile}. Next:`,
        `  pulumi stack select --create ${stack}`,
        `  pulumi import --stack ${stack} --file ${word(importFile)} --generate-code=false${elsewhere}`,
        `  pulumi preview --stack ${stack} --expect-no-changes${elsewhere}`,
    ];
}

/** A path as one word of a command line. */
const word = (file: string) => (/^[\w./:@%+=,-]+$/.test(file) ? file : quoteBash(file));
