import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./plans";
import { TemporaryRepository } from "./temporaryRepository";

/** The example in the documentation: what a reviewer sees of a branch that adds a principal and widens a profile. */
const FILE = path.join(ROOT, "docs", "examples", "access-diff.md");

const INTRODUCTION = `# An access diff

What \`npm run plan:diff -- --stack local --base main --markdown\` says of a branch that

- adds Sam, who may read \`orders\` and audit \`billing\`, and
- lets auditors of \`billing\` also insert rows into the ledger.

Made by the command; \`npm run docs:access-diff\` makes it again, and a test compares.

---

`;

export function checkedInExample(): string {
    return readFileSync(FILE, "utf8");
}

/** Makes the branch in a repository of its own and runs the command on it. */
export function makeExample(): string {
    const repository = new TemporaryRepository();
    try {
        repository.git("switch", "--quiet", "--create", "sam");
        repository.changeStack("local", (document) => {
            const config = (...keys: (string | number)[]) => ["config", ...keys];
            document.addIn(config("passwordless-postgres:principals"), {
                name: "sam@contoso.onmicrosoft.com",
                principalType: "User",
                objectId: "a1000000-0000-4000-8000-000000000003",
                requireMfa: true,
                access: { orders: "readonly", billing: "auditor" },
            });
            const auditor = config("passwordless-postgres:databases", 1, "profiles", "auditor", 0, "tables");
            document.addIn(auditor, "INSERT");
        });
        repository.commit("Sam audits billing");
        const { code, stdout, stderr } = repository.planDiff(
            ...["--stack", "local", "--base", "main", "--markdown", "--exit-code"],
        );
        if (code !== 2) throw new Error(`plan:diff ended with ${code}: ${stderr}`);
        // The hash depends on the time of the commit.
        return INTRODUCTION + stdout.replace(/\(([0-9a-f]{12})\)/, "(1234567890ab)");
    } finally {
        repository.remove();
    }
}

if (require.main === module) writeFileSync(FILE, makeExample());
