import { isUnknown, ofAzureType, text, type PolicyRule } from "../rule";

const REQUIRE = "require_secure_transport";
const MINIMUM = "ssl_min_protocol_version";
const ON = ["on", "true", "yes", "1"];
const SAFE_VERSIONS = ["tlsv1.2", "tlsv1.3"];

/** F16: the token is the password; without TLS whoever listens has it. Azure's own defaults are safe, so only a change can fail. */
export const tlsRequired: PolicyRule = {
    name: "tls-required",
    description: "Connections use TLS, 1.2 or newer.",
    level: "mandatory",
    find(resources) {
        return ofAzureType(resources, "dbforpostgresql", "Configuration").flatMap(({ urn, inputs }) => {
            const name = text(inputs.configurationName).toLowerCase();
            if (name !== REQUIRE && name !== MINIMUM) return [];
            const { value } = inputs;
            if (isUnknown(value))
                return [{ urn, message: `The parameter ${name} is not known yet.`, undecided: true }];
            const given = text(value).toLowerCase();
            if (name === REQUIRE ? ON.includes(given) : SAFE_VERSIONS.includes(given)) return [];
            const [wrong, right] =
                name === REQUIRE
                    ? ["lets clients connect without TLS, and tokens travel in plain text", "on"]
                    : ["lets clients use versions of TLS that are broken", "TLSv1.2 or TLSv1.3"];
            const message = `The parameter ${name} is '${text(value)}', which ${wrong} (F16). Set it to ${right}, or leave it out of server.parameters: Azure's default is safe.`;
            return [{ urn, message }];
        });
    },
};
