import { ofAzureType, text, type PolicyRule } from "../rule";

/** F41: Single Server is retired. */
export const singleServer: PolicyRule = {
    name: "no-single-server",
    description: "Nothing is put on Single Server, which is retired.",
    level: "mandatory",
    settings: {
        allowed: {
            type: "array",
            items: { type: "string" },
            default: [],
            description: "Names of Single Servers that are there already and are still looked after.",
        },
    },
    find(resources, settings) {
        const native = ofAzureType(resources, "dbforpostgresql", /^SingleServer/);
        const classic = resources.filter(({ type }) => type === "azure:postgresql/server:Server");
        return [...native, ...classic]
            .filter(({ inputs, name }) => !settings.list("allowed").includes(text(inputs.serverName ?? name)))
            .map(({ urn, name, inputs }) => ({
                urn,
                message:
                    `'${text(inputs.serverName ?? name)}' is a Single Server, which is retired: it gets no new versions and no new servers can be made (F41). ` +
                    `Use a Flexible Server (FlexibleServer) and migrate the data; a server that is still looked after goes onto the list 'allowed' of this rule.`,
            }));
    },
};
