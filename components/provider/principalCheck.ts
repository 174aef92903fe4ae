/** What can be wrong with a declared principal, before any connection. Pure. */
import { checkObjectId, checkUserPrincipalName, isGuid, roleNameProblem, textProblem } from "../names";
import { checkPrincipalType } from "../principalType";
import { Failures, isAbsent, isKnown } from "./checks";
import { UNLABELLED } from "./principalSpec";
import { UNKNOWN, type CheckFailure, type PropertyMap } from "./resourceProvider";
import { settingKey, type RoleSetting } from "./settings";

const LARGEST_LIMIT = 2 ** 31 - 1;

/** @param at Prefix of the property paths: empty for a resource of one principal, `principals["ada"].` in a set. */
export function checkPrincipal(props: PropertyMap, at = ""): CheckFailure[] {
    const failures = new Failures(at);
    for (const key of ["name", "principalType"]) {
        if (isAbsent(props[key])) failures.add(key, undefined, "a principal needs it", `give the ${key}`);
    }
    checkName(props, failures);
    const type = props["principalType"];
    if (isKnown(type)) failures.run("principalType", (argument) => checkPrincipalType(argument, type));
    checkIdentity(props, failures);
    for (const key of ["isAdmin", "requireMfa"]) failures.isOf(key, props[key], "boolean");
    const limit = props["connectionLimit"];
    if (
        isKnown(limit) &&
        !(Number.isInteger(limit) && (limit as number) >= -1 && (limit as number) <= LARGEST_LIMIT)
    ) {
        failures.add(
            "connectionLimit",
            limit,
            "it is a whole number, -1 for no limit",
            "leave it out for no limit",
        );
    }
    checkMemberships(props, failures);
    checkSettings(props, failures);
    return failures.list;
}

function checkName(props: PropertyMap, failures: Failures): void {
    const name = props["name"];
    if (!failures.isOf("name", name, "string")) return;
    const problem = roleNameProblem(name as string);
    if (problem) return failures.add("name", name, problem.rule, problem.fix);
    // Without an object id the directory finds the identity by this name (F61), so it must be one that it can know.
    if (isAbsent(props["objectId"]) && props["principalType"] === "User") {
        failures.run("name", (argument) => checkUserPrincipalName(argument, name as string));
    }
}

function checkIdentity(props: PropertyMap, failures: Failures): void {
    const { objectId, rebindFrom } = props;
    if (isKnown(objectId)) failures.run("objectId", (argument) => checkObjectId(argument, objectId));
    if (!failures.isOf("rebindFrom", rebindFrom, "string")) return;
    const from = (rebindFrom as string).toLowerCase();
    if (from !== UNLABELLED && !isGuid(from)) {
        const rule = `it is the old object id (a GUID), or ${UNLABELLED} for a role that carries none`;
        failures.add("rebindFrom", rebindFrom, rule, "give exactly the one whose role is to be handed over");
    }
    if (isAbsent(objectId)) {
        const rule = "a role is handed over to an object id, and objectId is not given";
        failures.add(
            "rebindFrom",
            rebindFrom,
            rule,
            "give the objectId of the identity that is to have the role",
        );
    }
}

function checkMemberships(props: PropertyMap, failures: Failures): void {
    const roles = props["memberOf"];
    if (!isKnown(roles)) return;
    if (!Array.isArray(roles))
        return failures.add("memberOf", roles, "it is a list of role names", "put it in brackets");
    const seen = new Set<unknown>();
    roles.forEach((role: unknown, index) => {
        const refuse = (rule: string, fix: string) => failures.add(`memberOf[${index}]`, role, rule, fix);
        if (role === UNKNOWN) return;
        if (typeof role !== "string") return refuse("it is a role's name", "give a text");
        const problem = textProblem(role);
        if (problem) return refuse(problem.rule, problem.fix);
        if (role === props["name"]) return refuse("no role can be a member of itself", "take it out");
        if (role === "azure_pg_admin")
            return refuse("administrators are made otherwise", "say isAdmin: true");
        if (seen.has(role)) return refuse("it is there already", "take it out");
        seen.add(role);
    });
}

const SETTING_KEYS = ["name", "value", "database"];

function checkSettings(props: PropertyMap, failures: Failures): void {
    const settings = props["settings"];
    if (!isKnown(settings)) return;
    if (!Array.isArray(settings)) {
        return failures.add(
            "settings",
            settings,
            "it is a list of {name, value, database?}",
            "put it in brackets",
        );
    }
    const seen = new Set<string>();
    settings.forEach((setting: unknown, index) => {
        if (setting === UNKNOWN) return;
        const path = `settings[${index}]`;
        const before = failures.list.length;
        if (isAbsent(setting))
            return failures.add(path, setting, "it is {name, value, database?}", "take it out");
        if (failures.isOf(path, setting, "object"))
            checkSetting(setting as Record<string, unknown>, path, failures);
        if (failures.list.length > before) return;
        const key = settingKey(setting as RoleSetting);
        if (seen.has(key))
            failures.add(path, setting, "the same parameter is set there already", "take one of the two out");
        seen.add(key);
    });
}

function checkSetting(setting: Record<string, unknown>, path: string, failures: Failures): void {
    failures.unknownKeys(`${path}.`, setting, SETTING_KEYS);
    const { name, value, database } = setting;
    for (const key of ["name", "value"]) {
        if (isAbsent(setting[key]))
            failures.add(`${path}.${key}`, undefined, "a setting needs it", `give the ${key}`);
    }
    if (
        failures.isOf(`${path}.name`, name, "string") &&
        !/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/.test(name as string)
    ) {
        failures.add(`${path}.name`, name, "it is no parameter's name", "use one such as statement_timeout");
    }
    if (failures.isOf(`${path}.value`, value, "string") && (value as string).includes("\0")) {
        failures.add(
            `${path}.value`,
            value,
            "PostgreSQL's texts cannot hold the NUL character",
            "take it out",
        );
    }
    if (failures.isOf(`${path}.database`, database, "string")) {
        const problem = textProblem(database as string);
        if (problem) failures.add(`${path}.database`, database, problem.rule, problem.fix);
    }
}
