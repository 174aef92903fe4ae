import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ServiceError } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ResourceInitError } from "../../components/provider/grpcErrors";
import { serveProvider } from "../../components/provider/grpcServer";
import { keepSecrets } from "../../components/provider/secrets";
import { FakeProvider } from "./fakeProvider";
import { plain, ProviderClient, struct } from "./grpcClient";

const URN = "urn:pulumi:dev::project::fake:index:Thing::thing";
const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
});
const kept = (answer: Record<string, unknown>, given: Record<string, unknown>) =>
    plain(keepSecrets(struct(answer), struct(given)));

test("what comes back under the name of a secret is secret, at any depth", () => {
    const cases: [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>][] = [
        [{ a: 1, b: 2 }, { a: secret(1) }, { a: secret(1), b: 2 }],
        [{ a: { b: "x", c: "y" } }, { a: { b: secret("x"), c: "y" } }, { a: { b: secret("x"), c: "y" } }],
        // Items may have moved in a list.
        [{ a: [{ b: 1 }, 2] }, { a: [2, { b: secret(1) }] }, { a: secret([{ b: 1 }, 2]) }],
        [{ a: "text" }, { a: { b: secret(1) } }, { a: secret("text") }],
        [{ a: secret(1) }, { a: secret(1) }, { a: secret(1) }],
        [{ a: 1 }, { b: secret(1) }, { a: 1 }],
        [{}, { a: secret(1) }, {}],
    ];
    for (const [answer, given, expected] of cases) assert.deepEqual(kept(answer, given), expected);
    assert.deepEqual(plain(keepSecrets(struct({ a: 1 }), undefined)), { a: 1 });
});

async function serving(t: TestContext) {
    const fake = new FakeProvider();
    const served = await serveProvider(fake, { components: true });
    const client = new ProviderClient(served.port);
    t.after(async () => {
        client.close();
        await served.close();
    });
    return { fake, client };
}

test("a server that makes components takes secrets wrapped, hands them over plain and gives them back secret", async (t) => {
    const { fake, client } = await serving(t);
    const configured = await client.call<pb.ConfigureResponse>("configure", new pb.ConfigureRequest());
    const handshake = await client.call<pb.ProviderHandshakeResponse>(
        "handshake",
        new pb.ProviderHandshakeRequest(),
    );
    assert.deepEqual([configured.getAcceptsecrets(), handshake.getAcceptSecrets()], [true, true]);
    assert.deepEqual([configured.getAcceptoutputs(), configured.getAcceptresources()], [true, false]);

    const inputs = { a: secret("s3"), b: 1 };
    assert.deepEqual((await client.check(URN, inputs)).inputs["a"], secret("s3"));
    assert.deepEqual((fake.asked.at(-1) as { news: object }).news, { a: "s3", b: 1 });
    assert.deepEqual((await client.create(URN, inputs)).properties["a"], secret("s3"));
    assert.deepEqual((await client.update(URN, "id", {}, {}, inputs))["a"], secret("s3"));
    fake.readResult = { id: "id", inputs: { a: "x" }, properties: { a: "x", b: 1 } };
    assert.deepEqual(await client.read(URN, "id", inputs, inputs), {
        id: "id",
        inputs: { a: secret("x") },
        properties: { a: secret("x"), b: 1 },
    });
});

test("what a refresh finds under the name of a secret input is secret, where the state has left it out so far", async (t) => {
    const { fake, client } = await serving(t);
    const settings = (value: unknown) => [{ name: "application_name", value }];
    const given = { all: { a: { settings: settings(secret("s3")) } } };
    const state = { all: { a: { name: "a" } } };
    fake.readResult = {
        id: "id",
        inputs: { all: { a: { settings: settings("s3") } } },
        properties: { all: { a: { name: "a", settings: settings("s3") } } },
    };
    const marked = { settings: secret(settings("s3")) };
    assert.deepEqual(await client.read(URN, "id", given, state), {
        id: "id",
        inputs: { all: { a: marked } },
        properties: { all: { a: { name: "a", ...marked } } },
    });
    // What was secret in the state stays so, whatever the inputs say.
    const { properties } = (await client.read(URN, "id", state, given))!;
    assert.deepEqual(properties, { all: { a: { name: "a", ...marked } } });
});

/** What the engine stores of a resource that stopped half-way. */
async function stored(act: Promise<unknown>) {
    const error = await act.then(
        () => assert.fail("no error"),
        (failure: unknown) => failure as ServiceError,
    );
    const status = Status.deserializeBinary(error.metadata.get("grpc-status-details-bin")[0] as Buffer);
    const detail = pb.ErrorResourceInitFailed.deserializeBinary(status.getDetailsList()[0]!.getValue_asU8());
    return [plain(detail.getProperties()), plain(detail.getInputs())];
}

test("secrets stay secret where a change stops half-way, also under a new name", async (t) => {
    const { fake, client } = await serving(t);
    const stops = (properties: object, inputs: object) => {
        fake.act = () =>
            Promise.reject(new ResourceInitError("half done", "id", { ...properties }, { ...inputs }));
    };
    stops({ a: "s3", b: 1 }, { a: "s3" });
    const marked = [{ a: secret("s3"), b: 1 }, { a: secret("s3") }];
    assert.deepEqual(await stored(client.create(URN, { a: secret("s3") })), marked);
    assert.deepEqual(await stored(client.update(URN, "id", { a: "s3" }, {}, { a: secret("s3") })), marked);

    // An entry that is asked for no more stays under another key than it had.
    const [hidden, open] = [{ name: "x" }, { name: "y" }];
    stops({ all: { "a (left)": hidden, b: open, c: open } }, { all: { b: open } });
    const olds = { all: { a: { name: secret("x") }, b: open, gone: open } };
    assert.deepEqual(await stored(client.update(URN, "id", olds, {}, { all: { b: open, c: open } })), [
        { all: { "a (left)": secret(hidden), b: open, c: open } },
        { all: { b: open } },
    ]);
    const again = { all: { "a (left)": secret(hidden), b: open } };
    const [properties] = await stored(client.update(URN, "id", again, {}, { all: { b: open } }));
    assert.deepEqual(properties, { all: { "a (left)": secret(hidden), b: open, c: open } });
    for (const all of [secret({ a: hidden }), { a: secret(hidden) }]) {
        const [kept] = await stored(client.update(URN, "id", { all }, {}, {}));
        assert.doesNotMatch(JSON.stringify(kept).replace(/"value":\{[^}]*\}/g, ""), /"x"/);
    }
});
