import { PolicyPack, type Policies, type PolicyConfigSchema } from "@pulumi/policy";
import { configured, type PolicyConfiguration } from "./configuration";
import { InputRecord, REMEMBER_INPUTS, type StackView } from "./inputRecord";
import type { PolicyRule } from "./rule";
import { RULES } from "./rules/index";
import { findViolations } from "./violations";

/**
 * The rules as a Pulumi policy pack. The engine hands out the inputs of each resource when it is registered, and at the end what
 * each depends on; a rule needs both, so a policy of its own that reports nothing remembers the inputs.
 */
const record = new InputRecord();

const remember: Policies = [
    {
        name: REMEMBER_INPUTS,
        description: "Reports nothing: it hands the resources' inputs to the other rules.",
        enforcementLevel: "advisory",
        validateResource: (args) => record.add(args.urn, args.props),
    },
];

function stackPolicy(rule: PolicyRule): Policies[number] {
    return {
        name: rule.name,
        description: rule.description,
        enforcementLevel: rule.level,
        configSchema: rule.settings && { properties: rule.settings as PolicyConfigSchema["properties"] },
        validateStack: (args, report) => {
            const given = args.getConfig<PolicyConfiguration>();
            // The engine itself knows the level, and leaves out a rule that is off.
            const { enforcementLevel: _, ...settings } = given;
            const rules = configured([rule], { [rule.name]: settings });
            const { violations } = findViolations(rules, record.resources(args as StackView));
            for (const { message, urn } of violations) report(message, urn);
        },
    };
}

new PolicyPack("azure-postgres-entra", { policies: [...remember, ...RULES.map(stackPolicy)] });
