import { parseIpv4 } from "../../components/cidr";
import { readSecurityRule, type SecurityRuleAnswer } from "../../components/networkConflicts";
import { phrase, plainWords, type Phrase } from "../phrase";
import { match, type AccessChange } from "./accessChange";
import type { AccessModel, FirewallRule, ServerAccess } from "./accessModel";

/** What changes about how servers authenticate and from where they are reached. Pure. */
export function serverChanges(before: AccessModel, after: AccessModel): AccessChange[] {
    const servers = match(before.servers, after.servers, (server) => server.name);
    return [
        ...servers.added.flatMap(serverComes),
        ...servers.removed.map((server): AccessChange => ({
            topic: "server",
            effect: "loses",
            sentence: phrase`The server ${server.name} is removed: nobody signs in to it any more.`,
        })),
        ...servers.kept.flatMap((pair) => authentication(pair.before, pair.after)),
        ...servers.kept.flatMap((pair) => publicAccess(pair.before, pair.after)),
        ...tlsParameters(before, after),
        ...firewall(before, after),
        ...securityRules(before, after),
    ];
}

const ON = "Enabled";
const OFF = "Disabled";

function serverComes(server: ServerAccess): AccessChange[] {
    const sentence = phrase`The server ${server.name} is new: it accepts ${plainWords(accepted(server))}.`;
    const closed = { ...server, publicAccess: OFF, publicWorkers: OFF };
    return [{ topic: "server", effect: "changes", sentence }, ...publicAccess(closed, server)];
}

function accepted({ entra, passwords }: ServerAccess): string {
    const ways = [entra === ON ? "Microsoft Entra tokens" : "", passwords === ON ? "passwords" : ""];
    return ways.filter(Boolean).join(" and ") || "sign-ins in a way that only the deployment knows";
}

function authentication(before: ServerAccess, after: ServerAccess): AccessChange[] {
    const change = (on: boolean, what: string): AccessChange => ({
        topic: "server",
        effect: on ? "gains" : "loses",
        sentence: phrase`The server ${after.name} ${plainWords(on ? "accepts" : "no longer accepts")} ${plainWords(what)}.`,
    });
    const changes: AccessChange[] = [];
    if (before.passwords !== after.passwords) changes.push(change(after.passwords === ON, "passwords"));
    if (before.entra !== after.entra) changes.push(change(after.entra === ON, "Microsoft Entra tokens"));
    if (before.administratorLogin !== after.administratorLogin && after.administratorLogin !== undefined)
        changes.push({
            topic: "server",
            effect: "changes",
            sentence: phrase`The password administrator of the server ${after.name} is to be ${after.administratorLogin}, before ${before.administratorLogin ?? "nobody"}; a server's login never changes, so a deployment refuses this.`,
        });
    return changes;
}

function publicAccess(before: ServerAccess, after: ServerAccess): AccessChange[] {
    const change = (opened: boolean, who: Phrase): AccessChange => ({
        topic: "network",
        effect: opened ? "gains" : "loses",
        sentence: opened
            ? phrase`${who} reached from the internet, by the addresses of its firewall rules.`
            : phrase`${who} no longer reached from the internet.`,
    });
    const changes: AccessChange[] = [];
    if (before.publicAccess !== after.publicAccess)
        changes.push(change(after.publicAccess === ON, phrase`The server ${after.name} is`));
    if ((before.publicWorkers ?? OFF) !== (after.publicWorkers ?? OFF))
        changes.push(change(after.publicWorkers === ON, phrase`Each worker of the server ${after.name} is`));
    return changes;
}

const TLS_PARAMETERS = ["require_secure_transport", "ssl_min_protocol_version", "ssl_max_protocol_version"];

function tlsParameters(before: AccessModel, after: AccessModel): AccessChange[] {
    const about = (model: AccessModel) => model.parameters.filter((p) => TLS_PARAMETERS.includes(p.name));
    const { added, removed, kept } = match(about(before), about(after), (p) =>
        JSON.stringify([p.server, p.name]),
    );
    const change = (server: string, name: string, sentence: Phrase): AccessChange => ({
        topic: "server",
        effect: "changes",
        sentence: phrase`Server ${server}: the parameter ${name} ${sentence}.`,
    });
    return [
        ...added.map((p) => change(p.server, p.name, phrase`is set to ${p.value}`)),
        ...removed.map((p) => change(p.server, p.name, phrase`is no longer set (it was ${p.value})`)),
        ...kept
            .filter((pair) => pair.before.value !== pair.after.value)
            .map(({ before: old, after: now }) =>
                change(now.server, now.name, phrase`is ${now.value}, before ${old.value}`),
            ),
    ];
}

function firewall(before: AccessModel, after: AccessModel): AccessChange[] {
    const { added, removed, kept } = match(before.firewallRules, after.firewallRules, (rule) =>
        JSON.stringify([rule.server, rule.name]),
    );
    const changed = kept.filter((p) => p.before.start !== p.after.start || p.before.end !== p.after.end);
    return [
        ...added.map((rule): AccessChange => ({
            topic: "network",
            effect: "gains",
            sentence: phrase`The firewall rule ${rule.name} opens the server ${rule.server} to ${range(rule)}.`,
        })),
        ...removed.map((rule): AccessChange => ({
            topic: "network",
            effect: "loses",
            sentence: phrase`The firewall rule ${rule.name} is removed: ${range(rule)} no longer reaches the server ${rule.server} by it.`,
        })),
        ...changed.map(({ before: old, after: now }): AccessChange => ({
            topic: "network",
            effect: "changes",
            sentence: phrase`The firewall rule ${now.name} opens the server ${now.server} to ${range(now)}, before to ${range(old)}.`,
        })),
    ];
}

/** 0.0.0.0 to 0.0.0.0 is no address: it stands for every service in Azure, other customers' too. */
function range({ start, end }: FirewallRule): Phrase {
    if (start === "0.0.0.0" && end === "0.0.0.0")
        return phrase`everything that runs in Azure, other customers' resources too (0.0.0.0)`;
    if (start === end) return phrase`the address ${start}`;
    const [first, last] = [parseIpv4(start), parseIpv4(end)];
    const count =
        first === undefined || last === undefined
            ? plainWords("")
            : plainWords(` (${(last - first + 1).toLocaleString("en-US")} addresses)`);
    return phrase`${start} to ${end}${count}`;
}

function securityRules(before: AccessModel, after: AccessModel): AccessChange[] {
    const { added, removed, kept } = match(before.securityRules, after.securityRules, (rule) => rule.name);
    const changed = kept.filter(
        (pair) => JSON.stringify(pair.before.inputs) !== JSON.stringify(pair.after.inputs),
    );
    const change = (sentence: Phrase): AccessChange => ({ topic: "network", effect: "changes", sentence });
    return [
        ...added.map((r) => change(phrase`The security rule ${r.name} is new: ${ruleInWords(r.inputs)}.`)),
        ...removed.map((r) =>
            change(phrase`The security rule ${r.name} is removed: ${ruleInWords(r.inputs)}.`),
        ),
        ...changed.map(({ before: old, after: now }) =>
            change(
                phrase`The security rule ${now.name} changes: ${ruleInWords(now.inputs)}; before: ${ruleInWords(old.inputs)}.`,
            ),
        ),
    ];
}

function ruleInWords(inputs: Record<string, unknown>): Phrase {
    const rule = readSecurityRule(inputs as unknown as SecurityRuleAnswer);
    const verb = plainWords(rule.access === "Allow" ? "lets through" : "denies");
    const direction = plainWords(rule.direction.toLowerCase());
    const to = phrase`${rule.destinations.join(", ")} port ${rule.destinationPorts.join(", ")}`;
    return phrase`it ${verb} ${direction} ${rule.protocol} from ${rule.sources.join(", ")} to ${to}, priority ${String(rule.priority)}`;
}
