// One comment on a pull request: made the first time, written anew after every push. Called by comment.yml, on the default branch's code.
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { fitted, folded, harmless, plainText } = require("./markdown.cjs");

const MARKER = "<!-- passwordless-postgres: review -->";

module.exports = async function comment({ github, context, core, folder }) {
    const run = context.payload.workflow_run;
    const pull = await openPullRequest(github, context.repo, run);
    if (!pull)
        return core.info("no open pull request has this commit as its head: closed, or pushed to since");
    const body = bodyOf(run, context.repo, readReports(folder));
    const comments = await github.paginate(github.rest.issues.listComments, {
        ...context.repo,
        issue_number: pull.number,
        per_page: 100,
    });
    const ours = comments.find(({ user, body: text }) => user?.type === "Bot" && text?.startsWith(MARKER));
    if (ours) await github.rest.issues.updateComment({ ...context.repo, comment_id: ours.id, body });
    else await github.rest.issues.createComment({ ...context.repo, issue_number: pull.number, body });
    core.info(`${ours ? "updated" : "made"} the comment of #${pull.number}`);
};

/** By what GitHub itself says of the run, never by anything in an artifact, which a fork could write. */
async function openPullRequest(github, repo, run) {
    const head = `${run.head_repository.owner.login}:${run.head_branch}`;
    const pulls = await github.paginate(github.rest.pulls.list, {
        ...repo,
        state: "open",
        head,
        per_page: 100,
    });
    return pulls.find((pull) => pull.head.sha === run.head_sha);
}

/** `plan-<stack>.md` is Markdown, `preview-<stack>.txt` plain text. Made harmless before it is measured, as that makes it longer. */
function readReports(folder) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
        .sort()
        .flatMap((file) => {
            const [, kind, stack] = /^(plan|preview)-([\w.-]+)\.(?:md|txt)$/.exec(file) ?? [];
            if (kind === undefined) return [];
            return [{ kind, stack, text: harmless(readFileSync(path.join(folder, file), "utf8")) }];
        });
}

function bodyOf(run, { owner, repo }, reports) {
    const fork = run.head_repository.full_name !== `${owner}/${repo}`;
    const lines = [
        MARKER,
        `## What this would change (${run.head_sha.slice(0, 8)})`,
        ...(fork
            ? [
                  "> From a fork: made by the code of this pull request, so read that first. No preview: forks get no identity.",
              ]
            : []),
        ...(run.conclusion === "success"
            ? []
            : [`> **The run ended as ${run.conclusion}**: [see why](${run.html_url}).`]),
        ...(reports.length === 0 ? ["There is no plan."] : []),
        ...fitted(reports, render),
        `[The run](${run.html_url})`,
    ];
    return lines.join("\n\n");
}

function render({ kind, stack, text }) {
    if (kind === "plan") return text.trim();
    return folded(`<code>pulumi preview --stack ${stack}</code>`, plainText(text));
}
