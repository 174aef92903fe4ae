import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "../support/properties";
import { labelCall, parseLabelStatement } from "../../emulator/postgres/securityLabelStatement";
import { StatementFilter } from "../../emulator/postgres/statementFilter";
import { parseStartup, StartupError } from "../../emulator/postgres/startupMessage";
import { formatLabel, parseLabels } from "../../emulator/postgres/securityLabel";

function parsed(sql: string): [role: string, label: string | undefined] | undefined {
    const statement = parseLabelStatement(Buffer.from(sql));
    return statement && [statement.role.toString(), statement.label?.toString()];
}

describe("the label statement", () => {
    const read: [string, string, string | undefined][] = [
        [`SECURITY LABEL FOR "pgaadauth" ON ROLE "a b" IS 'x'`, "a b", "x"],
        [`security label for pgaadauth on role ab is null`, "ab", undefined],
        [`Security Label For 'pgaadauth' On Role AB Is NULL;`, "ab", undefined],
        [`security label for PGAADAUTH on role "AB" is 'x' ; ; `, "AB", "x"],
        [
            `/* a /* nested */ one */ security -- to the end\n label for pgaadauth on role a is 'x' -- done`,
            "a",
            "x",
        ],
        [`security label for pgaadauth on role "q""q" is 'it''s'`, 'q"q', "it's"],
        [`security label for pgaadauth on role "a\\b" is E'it\\'s \\\\ '`, "a\\b", "it's \\ "],
        [
            `security label for pgaadauth on role "a'; drop role x; --" is $$aadauth$$`,
            "a'; drop role x; --",
            "aadauth",
        ],
        [`security label for pgaadauth on role ÄÖ is $t$ $$ $t$`, "ÄÖ", " $$ "],
        [`security label for"pgaadauth"on role"a"is'x'`, "a", "x"],
        [`security label for pgaadauth on role "two\nlines" is ''`, "two\nlines", ""],
    ];
    for (const [sql, role, label] of read) {
        it(`is read: ${JSON.stringify(sql)}`, () => assert.deepEqual(parsed(sql), [role, label]));
    }

    const left = [
        "",
        "select 1",
        "security",
        `security label for other on role a is 'x'`,
        `security label on role a is 'x'`,
        `security label for "PGAADAUTH" on role a is 'x'`,
        `security label for pgaadauth on table a is 'x'`,
        `security label for pgaadauth on role a is 'x'; select 1`,
        `select 1; security label for pgaadauth on role a is 'x'`,
        `security label for pgaadauth on role a is`,
        `security label for pgaadauth on role a is 'x`,
        `security label for pgaadauth on role "" is 'x'`,
        `security label for pgaadauth on role a.b is 'x'`,
        `security label for pgaadauth on role a is 'x' 'y'`,
        `security label for pgaadauth on role a is "x"`,
        `security label for pgaadauth on role a is $1`,
        `security label for pgaadauth on role a is E'\\x41'`,
        `security label for pgaadauth on role U&"a" is 'x'`,
        `security label for pgaadauth on role a is U&'x'`,
        `security label for pgaadauth on role a is 'x' /* never ends`,
        `insert into t values ('security label for pgaadauth on role a is null')`,
    ];
    for (const sql of left) {
        it(`is not: ${JSON.stringify(sql)}`, () => assert.equal(parsed(sql), undefined));
    }

    it("becomes plain ASCII without a quote of the name's, whatever the name", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: "binary", minLength: 1 }),
                fc.option(fc.string({ unit: "binary" })),
                (role, label) => {
                    fc.pre(!role.includes("\0") && !label?.includes("\0"));
                    const call = labelCall({
                        role: Buffer.from(role),
                        label: label === null ? undefined : Buffer.from(label),
                    });
                    assert.match(
                        call.toString("latin1"),
                        /^DO 'begin perform pg_catalog\.pgaadauth_local_set_label\((?:[a-z0-9_.(), ]|'')+\); end'$/,
                    );
                },
            ),
        );
    });

    it("a quoted name and label come out as they went in", () => {
        const text = fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0"));
        fc.assert(
            fc.property(
                text.filter((s) => s !== ""),
                text,
                (role, label) => {
                    const sql = `security label for pgaadauth on role "${role.replaceAll('"', '""')}" is '${label.replaceAll("'", "''")}'`;
                    assert.deepEqual(parsed(sql), [role, label]);
                },
            ),
        );
    });
});

function message(type: string, ...parts: (string | Buffer)[]): Buffer {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
}

const LABEL = `security label for pgaadauth on role a is 'x'`;
const CALL = labelCall({ role: Buffer.from("a"), label: Buffer.from("x") }).toString();

function through(chunks: Buffer[]): Buffer {
    const filter = new StatementFilter();
    return Buffer.concat(chunks.flatMap((chunk) => filter.push(chunk) ?? []));
}

describe("the filter", () => {
    it("rewrites queries and parse messages, with their length", () => {
        assert.deepEqual(through([message("Q", LABEL, "\0")]), message("Q", CALL, "\0"));
        assert.deepEqual(
            through([message("P", "name\0", LABEL, "\0\0\0")]),
            message("P", "name\0", CALL, "\0\0\0"),
        );
        assert.deepEqual(through([message("P", "\0", LABEL, "\0\0\0")]), message("P", "\0", CALL, "\0\0\0"));
    });

    it("leaves everything else as it is, the same text in other messages too", () => {
        for (const bytes of [
            message("d", LABEL, "\0"),
            message("Q", "select 1\0"),
            message("Q", "\0"),
            message("Q", "--\0"),
            message("P", "no end"),
            message("Q", " \0"),
            message("Q", LABEL, "; select 1\0"),
            message("X"),
            Buffer.from([0x51, 0, 0, 0, 0, 1, 2, 3]),
            Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff, 0x53, 0x45]),
        ]) {
            assert.deepEqual(through([bytes]), bytes);
        }
    });

    it("gives the same however the bytes are cut", () => {
        const messages = fc.constantFrom(
            message("Q", LABEL, "\0"),
            message("Q", `  /* c */ ${LABEL}`, "\0"),
            message("P", "statement\0", LABEL, "\0\0\0"),
            message("P", "\0select 1\0\0\0"),
            message("Q", "select 'security label'\0"),
            message("Q", "set x = 1\0"),
            message("d", LABEL.repeat(50)),
            message("S"),
            message("Q", "\0"),
        );
        fc.assert(
            fc.property(
                fc.array(messages, { minLength: 1, maxLength: 8 }),
                fc.array(fc.nat(400), { maxLength: 30 }),
                (list, cuts) => {
                    const whole = Buffer.concat(list);
                    const expected = Buffer.concat(list.map((one) => through([one])));
                    const at = [...new Set([0, ...cuts.map((cut) => cut % whole.length), whole.length])].sort(
                        (a, b) => a - b,
                    );
                    const chunks = at.slice(1).map((end, i) => Buffer.from(whole.subarray(at[i], end)));
                    assert.deepEqual(through(chunks), expected);
                },
            ),
        );
    });

    it("holds back no more than it must", () => {
        const filter = new StatementFilter();
        assert.equal(filter.push(message("Q", "select 1\0").subarray(0, 9))!.length, 9);
        const label = new StatementFilter();
        assert.equal(label.push(message("Q", LABEL, "\0").subarray(0, 20)), undefined);
        const long = message("Q", `security ${"x".repeat(20_000)}\0`);
        assert.equal(new StatementFilter().push(long.subarray(0, 50))!.length, 50);
    });
});

describe("startup messages", () => {
    const body = (...parts: string[]): Buffer =>
        Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from(`${parts.join("\0")}\0\0`)]);

    it("are read, and sent on as they came", () => {
        const startup = parseStartup(body("user", "ü b", "database", "d", "options", "-c x=y"));
        assert.deepEqual(
            [startup.user, startup.database, startup.userBytes, startup.minor],
            ["ü b", "d", 4, 0],
        );
        assert.deepEqual(
            startup.forwarded.subarray(4),
            body("user", "ü b", "database", "d", "options", "-c x=y"),
        );
        assert.equal(startup.forwarded.readInt32BE(0), startup.forwarded.length);
    });

    it("the database is the user's where none is named; the last of two names counts", () => {
        assert.equal(parseStartup(body("user", "a", "user", "b")).database, "b");
    });

    it("any bytes are a message or a StartupError", () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 4, maxLength: 60 }), (bytes) => {
                try {
                    parseStartup(Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from(bytes)]));
                } catch (error) {
                    assert.ok(error instanceof StartupError);
                }
            }),
        );
    });
});

describe("labels", () => {
    const objectId = "aaaaaaaa-0000-4000-8000-000000000001";

    it("are read in both layouts seen on real servers", () => {
        const expected = { objectId, type: "group", admin: false, mfa: false };
        assert.deepEqual(parseLabels([`aadauth,oid=${objectId.toUpperCase()},type=group`]), expected);
        assert.deepEqual(parseLabels(["aadauth", `type=group,oid=${objectId},tenant_id=x`]), expected);
        assert.deepEqual(parseLabels([`aadauth,oid=${objectId},type=user,admin`]), {
            ...expected,
            type: "user",
            admin: true,
        });
    });

    it("that bind nobody are none", () => {
        for (const labels of [
            [],
            ["aadauth"],
            ["aadauth,type=user"],
            ["aadauth,oid=x"],
            [`aadauth,oid=${objectId},type=robot`],
        ]) {
            assert.equal(parseLabels(labels), undefined);
        }
    });

    it("are written as they are read", () => {
        const label = { objectId, type: "service", admin: true, mfa: true } as const;
        assert.deepEqual(parseLabels([formatLabel(label)]), label);
    });
});
