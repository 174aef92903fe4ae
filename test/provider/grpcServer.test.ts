import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ResourceInitError } from "../../components/provider/grpcErrors";
import { serveProvider, type ServedProvider } from "../../components/provider/grpcServer";
import { UNKNOWN, type PropertyMap, type ResourceRef } from "../../components/provider/resourceProvider";
import { FakeProvider } from "./fakeProvider";
import { plain, ProviderClient, struct } from "./grpcClient";

const URN = "urn:pulumi:dev::project::parent:x:Y$fake:index:Thing::thing one::two";
const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${"a".repeat(40)}.${"b".repeat(40)}`;

const fake = new FakeProvider();
let served: ServedProvider;
let client: ProviderClient;
before(async () => {
    served = await serveProvider(fake);
    client = new ProviderClient(served.port);
});
after(async () => {
    client.close();
    await served.close();
});
const last = () => fake.asked.at(-1);
const refused = (act: Promise<unknown>) =>
    act.then(
        () => assert.fail("no error"),
        (error: grpc.ServiceError) => error,
    );

test("the handshake accepts nothing wrapped, and the plugin tells version and schema", async () => {
    const handshake = await client.call<pb.ProviderHandshakeResponse>(
        "handshake",
        new pb.ProviderHandshakeRequest(),
    );
    assert.deepEqual(
        [handshake.getAcceptSecrets(), handshake.getAcceptResources(), handshake.getAcceptOutputs()],
        [false, false, false],
    );
    const info = await client.call<{ getVersion(): string }>("getPluginInfo", new Empty());
    assert.equal(info.getVersion(), "1.2.3");
    const schema = await client.call<pb.GetSchemaResponse>("getSchema", new pb.GetSchemaRequest());
    assert.equal(schema.getSchema(), '{"name":"fake"}');
    const attach = new PluginAttach();
    attach.setAddress("127.0.0.1:1");
    await client.call("attach", attach);
});

test("configure hands the configuration over, opens secrets, and says that creates are previewed", async () => {
    const request = new pb.ConfigureRequest();
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "s3" };
    request.setArgs(struct({ plain: "x", wrapped: secret }));
    const response = await client.call<pb.ConfigureResponse>("configure", request);
    assert.deepEqual(last(), { plain: "x", wrapped: "s3" });
    assert.equal(response.getSupportspreview(), true);
    assert.deepEqual(
        [response.getAcceptsecrets(), response.getAcceptresources(), response.getAcceptoutputs()],
        [false, false, false],
    );
    const old = new pb.ConfigureRequest();
    old.getVariablesMap().set("fake:config:key", "value");
    await client.call("configure", old);
    assert.deepEqual(last(), { key: "value" });
});

test("checkConfig passes the configuration on, diffConfig names what changed", async () => {
    const check = new pb.CheckRequest();
    check.setNews(struct({ a: 1 }));
    const checked = await client.call<pb.CheckResponse>("checkConfig", check);
    assert.deepEqual(plain(checked.getInputs()), { a: 1 });
    const diff = new pb.DiffRequest();
    diff.setOldInputs(struct({ a: 1, b: 2 }));
    diff.setNews(struct({ a: 1, b: 3 }));
    const response = await client.call<pb.DiffResponse>("diffConfig", diff);
    assert.deepEqual(response.getDiffsList(), ["b"]);
    assert.deepEqual(response.getReplacesList(), []);
});

test("check gets the resource from its URN and plain values; all kinds of unknown are one", async () => {
    const news = {
        text: "é",
        unknown: UNKNOWN,
        number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        list: [true, 1.5, null],
    };
    const result = await client.check(URN, news, { old: 1 });
    const { resource, ...rest } = last() as { resource: ResourceRef };
    assert.deepEqual(
        { type: resource.type, name: resource.name, stack: resource.stack, project: resource.project },
        { type: "fake:index:Thing", name: "thing one::two", stack: "dev", project: "project" },
    );
    assert.deepEqual(rest, { olds: { old: 1 }, news: { ...news, number: UNKNOWN } });
    assert.deepEqual(result.failures, [{ property: 'list["a"].b', reason: "wrong" }]);
    assert.equal(result.inputs["unknown"], UNKNOWN);
});

test("a diff carries the detailed diff, the top-level properties and what replaces", async () => {
    fake.detailedDiff = { 'principals["a.b[0]"].name': "add", host: "update-replace", "list[2].x": "delete" };
    const diff = await client.diff(URN, "id", {}, {}, {});
    assert.deepEqual(diff, {
        changes: true,
        replaces: ["host"],
        diffs: ["principals", "host", "list"],
        hasDetailedDiff: true,
        deleteBeforeReplace: true,
        detailed: { 'principals["a.b[0]"].name': "ADD", host: "UPDATE_REPLACE", "list[2].x": "DELETE" },
    });
    fake.detailedDiff = {};
    assert.equal((await client.diff(URN, "id", {}, {}, {})).changes, false);
});

test("create, read, update, delete and invoke carry ids, inputs, states and the preview", async () => {
    const created = await client.create(URN, { a: [1] }, true);
    assert.deepEqual(last(), { inputs: { a: [1] }, preview: true });
    assert.deepEqual(created, { id: "id-1", properties: { a: [1], deep: [{ a: null }] } });
    assert.equal(await client.read(URN, "id-1", { a: 1 }, { b: 2 }), undefined);
    assert.deepEqual(last(), { id: "id-1", inputs: { a: 1 }, state: { b: 2 } });
    fake.readResult = { id: "id-2", inputs: { c: 1 }, properties: { d: 1 } };
    assert.deepEqual(await client.read(URN, "id-1", {}, {}), fake.readResult);
    assert.deepEqual(await client.update(URN, "id", { s: 1 }, { o: 1 }, { n: 1 }), { n: 1 });
    assert.deepEqual(last(), { id: "id", state: { s: 1 }, olds: { o: 1 }, news: { n: 1 }, preview: false });
    await client.delete(URN, "id", { s: 1 }, { o: 1 });
    assert.deepEqual(last(), { id: "id", state: { s: 1 }, inputs: { o: 1 } });
    const invoke = new pb.InvokeRequest();
    invoke.setTok("fake:index:f");
    invoke.setArgs(struct({ x: 1 }));
    const answer = await client.call<pb.InvokeResponse>("invoke", invoke);
    assert.deepEqual(plain(answer.getReturn()), { token: "fake:index:f", args: { x: 1 } });
});

test("an error arrives whole, without a stack trace and without a token", async () => {
    const text = `first line\nsecond «ü» \u{1F600} ${TOKEN} end`;
    fake.act = () => Promise.reject(new Error(text));
    const error = await refused(client.create(URN, {}));
    assert.equal(error.details, text.replace(TOKEN, "[token]"));
    assert.doesNotMatch(error.details, /at .*\.ts/);
    fake.act = () => Promise.reject(new Error(`broken \ud800 ${"x".repeat(200_000)} the end`));
    const long = await refused(client.create(URN, {}));
    assert.match(long.details, /^broken \ufffd x+\n… \d+ characters left out …\nx+ the end$/);
    fake.act = async () => undefined;
});

test("a partly made resource is reported with its id, properties and reasons", async () => {
    fake.act = () => Promise.reject(new ResourceInitError("half done", "id-9", { a: 1 }, { b: 2 }));
    const error = await refused(client.create(URN, {}));
    fake.act = async () => undefined;
    const status = Status.deserializeBinary(error.metadata.get("grpc-status-details-bin")[0] as Buffer);
    const any = status.getDetailsList()[0]!;
    assert.equal(any.getTypeName(), "pulumirpc.ErrorResourceInitFailed");
    const detail = pb.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    assert.equal(detail.getId(), "id-9");
    assert.deepEqual(plain(detail.getProperties()), { a: 1 });
    assert.deepEqual(plain(detail.getInputs()), { b: 2 });
    assert.deepEqual(detail.getReasonsList(), ["half done"]);
});

test("Cancel ends what runs now, and nothing that comes later", async () => {
    let entered: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (entered = resolve));
    fake.act = (options) =>
        new Promise((_, reject) => {
            options!.signal!.addEventListener("abort", () => reject(options!.signal!.reason as Error));
            entered();
        });
    const create = refused(client.create(URN, {}));
    await running;
    await client.call("cancel", new Empty());
    assert.equal((await create).details, "cancelled");
    fake.act = async (options) => options!.signal!.throwIfAborted();
    await client.create(URN, {});
    fake.act = async () => undefined;
});

test("a caller that gives up aborts its operation alone", async () => {
    let aborted: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (aborted = resolve));
    let call: grpc.ClientUnaryCall | undefined;
    fake.act = (options) => {
        options!.signal!.addEventListener("abort", () => aborted());
        call!.cancel();
        return seen;
    };
    const request = new pb.CreateRequest();
    request.setUrn(URN);
    request.setProperties(new Struct());
    await new Promise<void>((resolve) => (call = client.raw.create(request, () => resolve())));
    await seen;
    fake.act = async () => undefined;
    await client.create(URN, {});
});

test("unparseable input is an error, never the end: foreign URNs, assets, garbage bytes, unknown methods", async () => {
    assert.match((await refused(client.check("no urn", {}))).details, /'no urn' is not a Pulumi URN/);
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    assert.match((await refused(client.create(URN, { a: [asset] }))).details, /'a\[0\]' is an asset/);
    const unknownMethod = await refused(client.call("parameterize", new pb.ParameterizeRequest()));
    assert.equal(unknownMethod.code, grpc.status.UNIMPLEMENTED);
    await new Promise<void>((resolve) => {
        const socket = connect(served.port, "127.0.0.1", () => socket.end("GET / HTTP/1.0\r\n\r\n"));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve());
        socket.resume();
    });
    const bytes = new grpc.Client(`127.0.0.1:${served.port}`, grpc.credentials.createInsecure());
    const raw = (value: Buffer) => value;
    const garbage = await new Promise<grpc.ServiceError | null>((resolve) =>
        bytes.makeUnaryRequest(
            "/pulumirpc.ResourceProvider/Create",
            raw,
            raw,
            Buffer.from("ff00ff12", "hex"),
            (error) => resolve(error),
        ),
    );
    bytes.close();
    assert.ok(garbage);
    await client.create(URN, { still: "alive" });
});

test("keys named like object internals stay keys", async () => {
    await client.create(URN, JSON.parse('{"constructor": 1, "toString": {"valueOf": 2}}') as PropertyMap);
    assert.deepEqual((last() as { inputs: PropertyMap }).inputs, {
        constructor: 1,
        toString: { valueOf: 2 },
    });
});

test("closing the server closes the provider", async () => {
    const other = new FakeProvider();
    const server = await serveProvider(other);
    await server.close();
    assert.equal(other.closed, true);
});
