import { isUnknown, objectOf, ofAzureType, text, type PolicyRule } from "../rule";

/** F1: a server can be made without Microsoft Entra authentication; then every secret is a password again. */
export const passwordOnlyServer: PolicyRule = {
    name: "no-password-only-server",
    description: "A server or cluster authenticates with Microsoft Entra, unless it is on the list.",
    level: "mandatory",
    settings: {
        allowed: {
            type: "array",
            items: { type: "string" },
            default: [],
            description: "Names of servers and clusters that may have passwords alone.",
        },
    },
    find(resources, settings) {
        const servers = ofAzureType(resources, "dbforpostgresql", /^(Server|ServerGroupCluster)$/);
        return servers.flatMap(({ urn, inputs }) => {
            const isCluster = inputs.clusterName !== undefined;
            const name = text(isCluster ? inputs.clusterName : inputs.serverName);
            if (settings.list("allowed").includes(name)) return [];
            const flag = isUnknown(inputs.authConfig)
                ? inputs.authConfig
                : objectOf(inputs.authConfig)?.activeDirectoryAuth;
            // The API of clusters writes it in lower case (E6).
            if (text(flag).toLowerCase() === "enabled") return [];
            if (isUnknown(flag))
                return [{ urn, message: `How '${name}' authenticates is not known yet.`, undecided: true }];
            const message =
                `The ${isCluster ? "cluster" : "server"} '${name}' accepts passwords alone: they are shared, leak and do not end with the person who has them (F1). ` +
                `Set ${isCluster ? "cosmosCluster" : "server"}.authMode to EntraOnly, or to EntraAndPassword while clients move; what must stay as it is goes onto ` +
                `the list 'allowed' of this rule.`;
            return [{ urn, message }];
        });
    },
};
