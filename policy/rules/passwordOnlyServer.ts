import { isUnknown, objectOf, ofAzureType, text, type PolicyRule } from "../rule";

/** F1: a server can be made without Microsoft Entra authentication; then every secret is a password again. */
export const passwordOnlyServer: PolicyRule = {
    name: "no-password-only-server",
    description: "A server authenticates with Microsoft Entra, unless it is on the list.",
    level: "mandatory",
    settings: {
        allowed: {
            type: "array",
            items: { type: "string" },
            default: [],
            description: "Names of servers that may have passwords alone.",
        },
    },
    find(resources, settings) {
        return ofAzureType(resources, "dbforpostgresql", "Server").flatMap(({ urn, inputs }) => {
            const name = text(inputs.serverName);
            if (settings.list("allowed").includes(name)) return [];
            const flag = isUnknown(inputs.authConfig)
                ? inputs.authConfig
                : objectOf(inputs.authConfig)?.activeDirectoryAuth;
            if (flag === "Enabled") return [];
            if (isUnknown(flag))
                return [{ urn, message: `How '${name}' authenticates is not known yet.`, undecided: true }];
            const message =
                `The server '${name}' accepts passwords alone: they are shared, leak and do not end with the person who has them (F1). ` +
                `Set server.authMode to EntraOnly, or to EntraAndPassword while clients move; a server that must stay as it is goes onto ` +
                `the list 'allowed' of this rule.`;
            return [{ urn, message }];
        });
    },
};
