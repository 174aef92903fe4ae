import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { ResourceManager } from "../../components/provider/resourceManager";

/** Answers with one page after another; notes what was asked for. */
async function pages(context: TestContext, answers: (url: string) => object[]) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
        asked.push(request.url!);
        response.end(JSON.stringify(answers(`http://${request.headers.host}`)[asked.length - 1]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { asked, manager: new ResourceManager({ url, token: () => Promise.resolve("a-token") }) };
}

test("a list has the resources of all pages", async (context) => {
    const { asked, manager } = await pages(context, (url) => [
        { value: [{ name: "a" }], nextLink: `${url}/next?page=2` },
        { value: [{ name: "b" }, { name: "c" }] },
    ]);
    const found = await manager.list("Public", "/subscriptions/s/things", "2025-08-01", {});
    assert.deepEqual(
        found.map(({ name }) => name),
        ["a", "b", "c"],
    );
    assert.deepEqual(asked, ["/subscriptions/s/things?api-version=2025-08-01", "/next?page=2"]);
});

test("a link to another host is not followed: the token would go there", async (context) => {
    const { asked, manager } = await pages(context, () => [
        { value: [], nextLink: "https://elsewhere.example/next" },
    ]);
    await assert.rejects(
        manager.list("Public", "/subscriptions/s/things", "2025-08-01", {}),
        (error: Error) =>
            /links to https:\/\/elsewhere\.example/.test(error.message) && !/a-token/.test(error.message),
    );
    assert.equal(asked.length, 1);
});
