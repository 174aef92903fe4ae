import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loginChangeProblem } from "../../components/administratorLogin";

const wanted = (login?: string) => ({ serverName: "pg-prod", resourceGroupName: "rg-data", login });

describe("E8: the login of the password administrator", () => {
    const allowed: [string, string | undefined, string | undefined][] = [
        ["none wanted, none there", undefined, undefined],
        ["none wanted any more: the server keeps it, passwords are off", "pgadmin", undefined],
        ["the one that is there", "pgadmin", "pgadmin"],
    ];
    for (const [title, reported, login] of allowed)
        test(`passes: ${title}`, () => assert.equal(loginChangeProblem(reported, wanted(login)), undefined));

    test("a server made without one is not given one: the procedure is printed", () => {
        const problem = loginChangeProblem(undefined, wanted("pgadmin"))!;
        assert.match(
            problem,
            /^administratorLogin is "pgadmin": the server 'pg-prod' has no password administrator/,
        );
        assert.match(
            problem,
            /az rest --method patch --uri "\/subscriptions\/\{subscriptionId\}\/resourceGroups\/rg-data\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/pg-prod\?api-version=2025-08-01" --body @body\.json/,
        );
        const body = /write to body\.json: (\{.*\})$/m.exec(problem)![1]!;
        assert.deepEqual(JSON.parse(body), {
            properties: {
                administratorLogin: "pgadmin",
                administratorLoginPassword: "<the password>",
                authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled" },
            },
        });
        assert.match(problem, /pulumi refresh, then pulumi up again$/);
    });

    test("another login than the server's is refused, with the server's", () => {
        const problem = loginChangeProblem("pgadmin", wanted("root2"))!;
        assert.match(
            problem,
            /has the login "pgadmin", which stays for its whole life; set administratorLogin back to "pgadmin"/,
        );
    });
});
