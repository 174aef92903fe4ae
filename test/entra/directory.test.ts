import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Directory } from "../../emulator/entra/directory";
import type { DirectoryObject } from "../../emulator/entra/directoryObject";
import { lookUpPrincipal } from "../../emulator/entra/lookUp";
import { SEED_CLIENT_IDS, SEED_GUEST, SEED_IDS, seedDirectory } from "../../emulator/entra/seedDirectory";

const TENANT = "11111111-1111-4111-8111-111111111111";
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const user = (n: number, alias: string): DirectoryObject => ({
    objectId: id(n),
    principalType: "User",
    displayName: alias,
    userPrincipalName: `${alias}@contoso.onmicrosoft.com`,
});
const group = (n: number, displayName: string, ...members: number[]): DirectoryObject => ({
    objectId: id(n),
    principalType: "Group",
    displayName,
    members: members.map(id),
});

describe("the directory's rules", () => {
    const wrong: [string, Partial<DirectoryObject> & object, RegExp][] = [
        ["an object id that is no GUID", { objectId: "ada" }, /objectId is "ada"; allowed is a GUID/],
        [
            "an unknown type",
            { principalType: "Device" as never },
            /principalType is "Device"; allowed is User, Group/,
        ],
        ["an empty display name", { displayName: "" }, /displayName is ""/],
        ["a display name of 257 characters", { displayName: "x".repeat(257) }, /1 to 256 characters/],
        ["no display name", { displayName: undefined as never }, /displayName is undefined/],
        ["a user without a UPN", { userPrincipalName: undefined }, /userPrincipalName is undefined/],
        ["a UPN without a domain", { userPrincipalName: "ada" }, /alias@domain/],
        [
            "an unknown user type",
            { userType: "Alien" as never },
            /userType is "Alien"; allowed is Member or Guest/,
        ],
        ["a user with members", { members: [] }, /members is \[\]; allowed is nothing: a User has only/],
        ["a field that does not exist", { colour: "red" } as never, /colour is "red"; allowed is nothing/],
        ["an app id on a user", { appId: id(9) }, /appId .* allowed is nothing/],
    ];
    for (const [what, change, message] of wrong) {
        it(`refuses ${what}`, () => {
            const directory = new Directory(TENANT);
            assert.throws(() => directory.add({ ...user(1, "ada"), ...change }), message);
            assert.deepEqual(directory.all(), []);
        });
    }

    it("refuses a tenant id that is no GUID", () => {
        assert.throws(() => new Directory("contoso"), /tenant id is "contoso"; it must be a GUID/);
    });

    it("refuses an object id, a UPN, an app id or a mail alias that is taken, whatever its case", () => {
        const app = {
            objectId: id(5),
            principalType: "ServicePrincipal",
            displayName: "app",
            appId: id(50),
        } as const;
        const aliased = { ...group(7, "Team"), mailNickname: "team" };
        const directory = new Directory(TENANT, [user(1, "ada"), app, aliased]);
        assert.throws(() => directory.add(user(1, "grace")), /object id .* is taken, by 'ada'/);
        assert.throws(() => directory.add(user(2, "ADA")), /userPrincipalName 'ADA@.*' is taken, by ada/);
        assert.throws(() => directory.add({ ...app, objectId: id(6) }), /appId .* is taken/);
        assert.throws(
            () => directory.add({ ...aliased, objectId: id(8), mailNickname: "Team" }),
            /mailNickname 'Team' is taken/,
        );
    });

    it("refuses members that do not exist, a group in itself, and a group as an owner", () => {
        const directory = new Directory(TENANT, [group(10, "A")]);
        assert.throws(
            () => directory.add(group(11, "B", 99)),
            /members of the group 'B': the tenant .* has no object .*99/,
        );
        assert.throws(() => directory.update(id(10), { members: [id(10)] }), /cannot be a member of itself/);
        assert.throws(
            () => directory.update(id(10), { owners: [id(10)] }),
            /owners are users or service principals/,
        );
    });

    it("takes objects in any order, and GUIDs in any case", () => {
        const directory = new Directory(TENANT.toUpperCase(), [
            { ...group(10, "A", 1), members: [id(1).toUpperCase()] },
            user(1, "ada"),
        ]);
        assert.equal(directory.tenantId, TENANT);
        assert.deepEqual(directory.groupsOf(id(1).toUpperCase()), [id(10)]);
    });

    it("hands out copies", () => {
        const directory = new Directory(TENANT, [user(1, "ada"), group(10, "A", 1)]);
        directory.get(id(10))!.members!.push(id(99));
        directory.all()[1]!.displayName = "changed";
        assert.deepEqual(directory.get(id(10)), group(10, "A", 1));
    });
});

describe("names", () => {
    it("F18: finds names only as they are spelled", () => {
        const directory = new Directory(TENANT, [user(1, "ada"), group(10, "Prod DB Readonly")]);
        assert.deepEqual(directory.findByName("prod db readonly"), []);
        assert.equal(directory.findByName("Prod DB Readonly").length, 1);
        assert.deepEqual(directory.findByName("Ada@contoso.onmicrosoft.com"), []);
    });

    it("F61: a user is found by UPN, a guest by its #EXT# form, never by display name", () => {
        const directory = seedDirectory();
        assert.deepEqual(directory.findByName("Guest of Fabrikam"), []);
        assert.equal(directory.findByName(SEED_GUEST)[0]?.objectId, SEED_IDS.guest);
    });

    it("F61: several objects of one name are all given, and a look-up of one is refused", () => {
        const directory = new Directory(TENANT, [group(10, "Team"), group(11, "Team")]);
        assert.equal(directory.findByName("Team").length, 2);
        assert.throws(
            () => lookUpPrincipal(directory, "Team"),
            /names 2 objects .*10.*11.* Give the object id/,
        );
        assert.equal(lookUpPrincipal(directory, id(11)).objectId, id(11));
    });

    it("F65: a client id is no object id, and the look-up says so", () => {
        const directory = seedDirectory();
        assert.equal(directory.get(SEED_CLIENT_IDS.ordersApi), undefined);
        assert.equal(
            directory.findByAppId(SEED_CLIENT_IDS.ordersApi.toUpperCase())?.objectId,
            SEED_IDS.ordersApi,
        );
        assert.throws(
            () => lookUpPrincipal(directory, SEED_CLIENT_IDS.ordersApi),
            /client id of 'orders-api'; its object id is d1/,
        );
    });

    it("a failed look-up says what was meant", () => {
        const directory = seedDirectory();
        assert.throws(
            () => lookUpPrincipal(directory, "db admins"),
            /Did you mean 'DB Admins'\? Names are case-sensitive/,
        );
        assert.throws(() => lookUpPrincipal(directory, "Ada Moreau"), /user principal name: 'ada@contoso/);
        assert.throws(() => lookUpPrincipal(directory, "nobody"), /has no 'nobody'.*Give an object id/);
    });

    it("a renamed object is found by its new name only", () => {
        const directory = new Directory(TENANT, [group(10, "Old")]);
        assert.equal(directory.findByName("Old").length, 1);
        directory.update(id(10), { displayName: "New" });
        assert.equal(directory.findByName("Old").length, 0);
        assert.equal(directory.findByName("New").length, 1);
    });
});

describe("groups", () => {
    it("F20, F21: a managed identity and a user are members of the group with spaces in its name", () => {
        const directory = seedDirectory();
        for (const member of [SEED_IDS.sam, SEED_IDS.reportingJob]) {
            assert.deepEqual(directory.groupsOf(member), [SEED_IDS.prodDbReadonly]);
        }
        assert.deepEqual(directory.groupsOf(SEED_IDS.olga), []);
    });

    it("membership passes through groups within groups, and circles end", () => {
        const directory = new Directory(TENANT, [
            user(1, "ada"),
            group(10, "A", 1, 12),
            group(11, "B", 10),
            group(12, "C", 11),
        ]);
        assert.deepEqual(directory.groupsOf(id(1)).sort(), [id(10), id(11), id(12)]);
        assert.deepEqual(directory.groupsOf(id(10)).sort(), [id(11), id(12)]);
    });

    it("a change of members counts at once", () => {
        const directory = seedDirectory();
        directory.update(SEED_IDS.prodDbReadonly, { members: [SEED_IDS.olga] });
        assert.deepEqual(directory.groupsOf(SEED_IDS.sam), []);
        assert.deepEqual(directory.groupsOf(SEED_IDS.olga), [SEED_IDS.prodDbReadonly]);
    });

    it("F30: a deleted user leaves its groups, and the same name created again is another object (F33)", () => {
        const directory = seedDirectory();
        const sam = directory.get(SEED_IDS.sam)!;
        directory.remove(SEED_IDS.sam);
        assert.deepEqual(directory.get(SEED_IDS.prodDbReadonly)!.members, [SEED_IDS.reportingJob]);
        directory.add({ ...sam, objectId: id(77) });
        assert.deepEqual(directory.groupsOf(id(77)), []);
        assert.equal(directory.findByName(sam.userPrincipalName!)[0]?.objectId, id(77));
        assert.throws(() => directory.remove(SEED_IDS.sam), /has no object/);
    });
});

describe("a kept directory", () => {
    it("reads back what it wrote, and refuses anything else", () => {
        const directory = seedDirectory();
        const again = Directory.fromJSON(JSON.parse(JSON.stringify(directory)));
        assert.deepEqual(again.toJSON(), directory.toJSON());
        for (const document of [undefined, null, 1, {}, { tenantId: TENANT }, { objects: [] }]) {
            assert.throws(() => Directory.fromJSON(document), /no directory/);
        }
        assert.throws(
            () => Directory.fromJSON({ tenantId: TENANT, objects: [{ objectId: "x" }] }),
            /objectId is "x"/,
        );
    });

    it("tells listeners of every change until they end it", () => {
        const directory = new Directory(TENANT);
        const seen: string[] = [];
        const end = directory.onChange((change) => seen.push(`${change.kind} ${change.objectId}`));
        directory.add(user(1, "ada"));
        directory.update(id(1), { displayName: "Ada" });
        directory.remove(id(1));
        end();
        directory.add(user(2, "grace"));
        assert.deepEqual(seen, [`added ${id(1)}`, `updated ${id(1)}`, `removed ${id(1)}`]);
    });

    it("update changes neither object id nor type, and takes fields away", () => {
        const directory = new Directory(TENANT, [{ ...group(10, "A"), description: "text" }]);
        const patch = { description: undefined, objectId: id(11), principalType: "User" } as object;
        directory.update(id(10), patch);
        assert.deepEqual(directory.all(), [group(10, "A")]);
    });
});
