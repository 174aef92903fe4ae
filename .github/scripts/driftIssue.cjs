// One open issue for each stack that is not as its code says; closed once it is again. Called by drift.yml.
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { fitted, folded, harmless, plainText } = require("./markdown.cjs");

const LABEL = "drift";
const marker = (stack) => `<!-- passwordless-postgres: drift of ${stack} -->`;

module.exports = async function driftIssues({ github, context, core, folder }) {
    const open = await github.paginate(github.rest.issues.listForRepo, {
        ...context.repo,
        state: "open",
        labels: LABEL,
        per_page: 100,
    });
    for (const report of readReports(folder)) {
        const ours = open.find(
            ({ user, body }) => user?.type === "Bot" && body?.startsWith(marker(report.stack)),
        );
        core.info(`${report.stack}: ${report.outcome}, ${await settle(github, context, report, ours)}`);
    }
};

async function settle(github, context, report, ours) {
    const { repo } = context;
    // What could not be found out is the run's failure, and says nothing about the stack.
    if (report.outcome === "failed") return "nothing written";
    if (report.outcome === "none") {
        if (!ours) return "no issue";
        const body = `The stack is as its code says again: ${runUrl(context)}`;
        await github.rest.issues.createComment({ ...repo, issue_number: ours.number, body });
        await github.rest.issues.update({ ...repo, issue_number: ours.number, state: "closed" });
        return `closed #${ours.number}`;
    }
    const [title, body] = [`Drift: ${report.stack}`, bodyOf(context, report)];
    if (ours) {
        await github.rest.issues.update({ ...repo, issue_number: ours.number, title, body });
        return `updated #${ours.number}`;
    }
    const made = await github.rest.issues.create({ ...repo, title, body, labels: [LABEL] });
    return `opened #${made.data.number}`;
}

function readReports(folder) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")));
}

function bodyOf(context, { stack, access, accessFailed, refresh }) {
    const sections = [
        { what: "access", text: access },
        { what: "accessFailed", text: accessFailed },
        { what: "refresh", text: refresh },
    ]
        .filter(({ text }) => text)
        .map(({ what, text }) => ({ what, text: harmless(text) }));
    const lines = [
        marker(stack),
        `Azure or the database no longer holds what \`Pulumi.${stack}.yaml\` says ([run](${runUrl(context)})).`,
        "Either somebody changed it by hand: `pulumi up` sets right what the stack made, and for what it did not make, such as another role, the report says what to do. Or the change is meant: put it into the code, and `pulumi refresh`.",
        ...fitted(sections, ({ what, text }) =>
            what === "access" ? text.trim() : folded(`<code>${COMMANDS[what]}</code>`, plainText(text)),
        ),
    ];
    return lines.join("\n\n");
}

const COMMANDS = {
    accessFailed: "npm run access, which failed",
    refresh: "pulumi refresh --preview-only",
};

function runUrl({ serverUrl, repo, runId }) {
    return `${serverUrl}/${repo.owner}/${repo.repo}/actions/runs/${runId}`;
}
