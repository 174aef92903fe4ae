/** GitHub as far as the workflows' scripts need it: keeps comments and issues, and writes down what it is asked to do. */

interface Kept {
    number: number;
    id: number;
    title?: string;
    body: string;
    state: "open" | "closed";
    labels: string[];
    user: { type: string };
}

export class FakeGithub {
    readonly calls: string[] = [];
    readonly pulls: { number: number; state: string; head: { sha: string; label: string } }[] = [];
    readonly issues: Kept[] = [];
    readonly comments: (Kept & { issue: number })[] = [];
    #next = 1;

    readonly core = { info: (text: string) => void this.calls.push(`info: ${text}`) };

    paginate = async (list: (args: object) => Promise<{ data: unknown[] }>, args: object) =>
        (await list(args)).data;

    readonly rest = {
        pulls: {
            list: async ({ head, state }: { head: string; state: string }) => ({
                data: this.pulls.filter((p) => p.head.label === head && p.state === state),
            }),
        },
        issues: {
            listComments: async ({ issue_number }: { issue_number: number }) => ({
                data: this.comments.filter((c) => c.issue === issue_number),
            }),
            createComment: async ({ issue_number, body }: { issue_number: number; body: string }) => {
                this.calls.push(`create comment on ${issue_number}`);
                this.comments.push({ ...this.#kept(body), issue: issue_number });
            },
            updateComment: async ({ comment_id, body }: { comment_id: number; body: string }) => {
                this.calls.push(`update comment ${comment_id}`);
                this.comments.find((c) => c.id === comment_id)!.body = body;
            },
            listForRepo: async ({ state, labels }: { state: string; labels: string }) => ({
                data: this.issues.filter((i) => i.state === state && i.labels.includes(labels)),
            }),
            create: async ({ title, body, labels }: { title: string; body: string; labels: string[] }) => {
                const issue = { ...this.#kept(body), title, labels };
                this.issues.push(issue);
                this.calls.push(`create issue ${issue.number}`);
                return { data: issue };
            },
            update: async ({ issue_number, ...changes }: { issue_number: number } & Partial<Kept>) => {
                this.calls.push(`update issue ${issue_number}`);
                Object.assign(
                    this.issues.find((i) => i.number === issue_number)!,
                    changes,
                );
            },
        },
    };

    /** What a person wrote. */
    bySomebody(issue: number, body: string): void {
        this.comments.push({ ...this.#kept(body), issue, user: { type: "User" } });
    }

    #kept(body: string): Kept {
        const number = this.#next++;
        return { number, id: number, body, state: "open", labels: [], user: { type: "Bot" } };
    }
}
