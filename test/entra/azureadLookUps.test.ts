import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import { SEED_CLIENT_IDS, SEED_IDS, SEED_TENANT_ID } from "../../emulator/entra/seedDirectory";
import { GROUP, GROUP_MEMBER, GROUP_MEMBER_TABLE } from "../../emulator/providers/azureadTables";
import { NOBODY, tenant, urn } from "./azureadTenant";
import { wrongValues } from "./wrongValues";

const TEAM = { displayName: "Team", securityEnabled: true };

describe("azuread:index/groupMember:GroupMember", () => {
    const olga = { groupObjectId: SEED_IDS.dbAdmins, memberObjectId: SEED_IDS.olga };

    it("adds and removes one membership, by the id of azuread", async () => {
        const { create, provider, directory } = tenant();
        const { id } = await create(GROUP_MEMBER, olga);
        assert.equal(id, `${SEED_IDS.dbAdmins}/member/${SEED_IDS.olga}`);
        assert.deepEqual(directory.get(SEED_IDS.dbAdmins)?.members, [SEED_IDS.ada, SEED_IDS.olga]);
        assert.deepEqual((await provider.read(urn(GROUP_MEMBER), id, {}, {}, {}))?.inputs, olga);
        await assert.rejects(create(GROUP_MEMBER, olga), /exists already\. Import it/);
        await provider.delete(urn(GROUP_MEMBER), id, {}, {}, {});
        assert.deepEqual(directory.get(SEED_IDS.dbAdmins)?.members, [SEED_IDS.ada]);
        assert.equal(await provider.read(urn(GROUP_MEMBER), id, {}, {}, {}), undefined);
        await provider.delete(urn(GROUP_MEMBER), id, {}, {}, {});
    });

    it("refuses what does not exist, and every wrong value", async () => {
        const { create, provider, failures } = tenant();
        await assert.rejects(
            create(GROUP_MEMBER, { ...olga, groupObjectId: NOBODY }),
            /has no group with the object id/,
        );
        await assert.rejects(
            create(GROUP_MEMBER, { ...olga, groupObjectId: SEED_IDS.ada }),
            /has no group with the object id/,
        );
        await assert.rejects(create(GROUP_MEMBER, { ...olga, memberObjectId: NOBODY }), /has no object/);
        await assert.rejects(
            provider.read(urn(GROUP_MEMBER), "x", {}, {}, {}),
            /<group's object id>\/member\/<member's object id>/,
        );
        for (const [name, rule] of Object.entries(GROUP_MEMBER_TABLE.properties)) {
            assert.match(
                await failures(GROUP_MEMBER, { ...olga, [name]: undefined }),
                new RegExp(`'${name}' is missing`),
            );
            for (const { value } of wrongValues(rule)) {
                assert.match(
                    await failures(GROUP_MEMBER, { ...olga, [name]: value }),
                    new RegExp(`'${name}`),
                );
            }
        }
    });

    it("is replaced by every change", async () => {
        const { provider } = tenant();
        const { detailedDiff } = await provider.diff(urn(GROUP_MEMBER), "x", {}, olga, {
            ...olga,
            memberObjectId: UNKNOWN,
        });
        assert.deepEqual(detailedDiff, { memberObjectId: "update-replace" });
    });
});

describe("azuread's look-ups", () => {
    const call = (name: string, args: PropertyMap) =>
        tenant().provider.invoke!(`azuread:index/${name}:${name}`, args);

    it("getGroup finds by name, object id and mail alias", async () => {
        for (const args of [
            { displayName: "DB Admins" },
            { objectId: SEED_IDS.dbAdmins },
            { mailNickname: "db-admins" },
        ]) {
            const found = await call("getGroup", { ...args, securityEnabled: true });
            assert.deepEqual(
                [found.objectId, found.id, found.members],
                [SEED_IDS.dbAdmins, `/groups/${SEED_IDS.dbAdmins}`, [SEED_IDS.ada]],
            );
        }
    });

    it("F18, F61: getGroup refuses another case, and a name that several groups have", async () => {
        await assert.rejects(
            call("getGroup", { displayName: "db admins" }),
            /Did you mean 'DB Admins'\? Names are case-sensitive/,
        );
        const { provider, create } = tenant();
        const twin = await create(GROUP, { displayName: "db admins", securityEnabled: true });
        await assert.rejects(
            provider.invoke!("azuread:index/getGroup:getGroup", { displayName: "DB Admins" }),
            new RegExp(`More than one group .*${twin.properties.objectId as string}.*Look it up by objectId`),
        );
    });

    it("getGroup with nested groups gives all members once", async () => {
        const { provider, create } = tenant();
        const { properties } = await create(GROUP, {
            ...TEAM,
            members: [SEED_IDS.dbAdmins, SEED_IDS.prodDbReadonly, SEED_IDS.ada],
        });
        const args = { objectId: properties.objectId, includeTransitiveMembers: true };
        const { members } = await provider.invoke!("azuread:index/getGroup:getGroup", args);
        const all = [
            SEED_IDS.dbAdmins,
            SEED_IDS.prodDbReadonly,
            SEED_IDS.ada,
            SEED_IDS.sam,
            SEED_IDS.reportingJob,
        ];
        assert.deepEqual((members as string[]).sort(), [...all].sort());
    });

    it("F61: getUser finds a user and a guest by UPN", async () => {
        const ada = await call("getUser", { userPrincipalName: "ada@contoso.onmicrosoft.com" });
        assert.deepEqual(
            [ada.objectId, ada.userType, ada.id],
            [SEED_IDS.ada, "Member", `/users/${SEED_IDS.ada}`],
        );
        assert.equal((await call("getUser", { objectId: SEED_IDS.guest })).userType, "Guest");
    });

    it("F65: getServicePrincipal gives the object id for a client id", async () => {
        for (const args of [
            { clientId: SEED_CLIENT_IDS.ordersApi },
            { displayName: "orders-api" },
            { objectId: SEED_IDS.ordersApi },
        ]) {
            const found = await call("getServicePrincipal", args);
            assert.deepEqual(
                [found.objectId, found.clientId],
                [SEED_IDS.ordersApi, SEED_CLIENT_IDS.ordersApi],
            );
            assert.equal(found.type, "ManagedIdentity");
        }
        assert.equal((await call("getServicePrincipal", { displayName: "deployer" })).type, "Application");
    });

    it("getClientConfig says who runs Pulumi", async () => {
        const { objectId, clientId, tenantId } = await call("getClientConfig", {});
        assert.deepEqual(
            [objectId, clientId, tenantId],
            [SEED_IDS.deployer, SEED_CLIENT_IDS.deployer, SEED_TENANT_ID],
        );
    });

    const refused: [string, PropertyMap, RegExp][] = [
        ["getGroup", {}, /None is given; exactly one of displayName, objectId, mailNickname/],
        ["getGroup", { displayName: "a", objectId: NOBODY }, /'displayName' and 'objectId' are given/],
        ["getGroup", { displayName: "" }, /'displayName' is ""/],
        ["getGroup", { displayName: "nobody" }, /No group with the displayName 'nobody' was found/],
        [
            "getGroup",
            { displayName: "DB Admins", mailEnabled: true },
            /No group .* was found \(with the other filters given\)/,
        ],
        ["getGroup", { displayName: "DB Admins", securityEnabled: false }, /No group .* was found/],
        ["getGroup", { objectId: SEED_IDS.ada }, /No group was found with the object id/],
        ["getGroup", { objectId: "x" }, /object id \(GUID\)/],
        ["getGroup", { name: "x" }, /'name' is not a property/],
        ["getUser", { userPrincipalName: "Ada Moreau" }, /No user .* was found/],
        ["getUser", { mail: "x" }, /'mail' is not a property of azuread:index\/getUser:getUser/],
        ["getUser", { objectId: SEED_IDS.dbAdmins }, /No user was found/],
        ["getServicePrincipal", { clientId: SEED_IDS.ordersApi }, /No service principal with the clientId/],
        ["getServicePrincipal", { applicationId: NOBODY }, /'applicationId' is not a property/],
        ["getClientConfig", { x: 1 }, /'x' is not a property/],
        [
            "getDomains",
            {},
            /no function 'azuread:index\/getDomains:getDomains'\. Known to its azuread: azuread:index\/getGroup/,
        ],
        ["toString", {}, /no function/],
    ];
    for (const [name, args, message] of refused) {
        it(`refuses ${name} ${JSON.stringify(args)}`, () => assert.rejects(call(name, args), message));
    }
});

describe("the provider", () => {
    it("refuses resource types that it does not have, by name, in every call", async () => {
        const { provider } = tenant();
        const application = urn("azuread:index/application:Application");
        const message =
            /no resource type 'azuread:index\/application:Application'\. Known to its azuread: .*group:Group/;
        await assert.rejects(provider.check(application, undefined, {}), message);
        await assert.rejects(provider.diff(application, "x", {}, {}, {}), message);
        await assert.rejects(provider.create(application, {}, { preview: true }), message);
        await assert.rejects(provider.read(application, "x", {}, {}, {}), message);
        await assert.rejects(provider.update(application, "x", {}, {}, {}, {}), message);
        await assert.rejects(provider.delete(application, "x", {}, {}, {}), message);
        await assert.rejects(provider.check(urn("toString"), undefined, {}), /no resource type/);
    });
});
