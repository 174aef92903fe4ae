import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN, type PropertyMap } from "../../components/provider/resourceProvider";
import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import { GROUP, GROUP_TABLE } from "../../emulator/providers/azureadTables";
import { NOBODY, tenant, urn } from "./azureadTenant";
import { wrongValues } from "./wrongValues";

const TEAM = { displayName: "Team", securityEnabled: true };

describe("azuread:index/group:Group", () => {
    it("makes a group whose id and outputs are those of azuread 6", async () => {
        const { directory, create } = tenant();
        const { id, properties } = await create(GROUP, {
            ...TEAM,
            description: "text",
            members: [SEED_IDS.kim],
        });
        const objectId = properties.objectId as string;
        assert.equal(id, `/groups/${objectId}`);
        const {
            displayName,
            securityEnabled,
            mailEnabled,
            members,
            owners,
            visibility,
            preventDuplicateNames,
        } = properties;
        assert.deepEqual(
            { displayName, securityEnabled, mailEnabled, members, owners, visibility, preventDuplicateNames },
            {
                ...TEAM,
                mailEnabled: false,
                members: [SEED_IDS.kim],
                owners: [SEED_IDS.deployer],
                visibility: "Private",
                preventDuplicateNames: false,
            },
        );
        assert.match(properties.mailNickname as string, /^[0-9a-f]{8}$/);
        assert.deepEqual(directory.groupsOf(SEED_IDS.kim), [objectId]);
        const documented = Object.keys(GROUP_TABLE.properties).filter((name) => name !== "dynamicMembership");
        assert.deepEqual(Object.keys(properties).sort(), documented.sort());
    });

    it("in a preview touches nothing, and does not know what the service chooses", async () => {
        const { directory, provider } = tenant();
        const before = directory.all();
        const inputs = { ...TEAM, members: [UNKNOWN] };
        const { properties } = await provider.create(urn(GROUP), inputs, { preview: true });
        assert.deepEqual(directory.all(), before);
        assert.deepEqual(
            [properties.objectId, properties.owners, properties.mailNickname],
            [UNKNOWN, UNKNOWN, UNKNOWN],
        );
        assert.deepEqual([properties.displayName, properties.members], ["Team", [UNKNOWN]]);
        const updated = await provider.update(urn(GROUP), "/groups/x", { objectId: "x" }, {}, TEAM, {
            preview: true,
        });
        assert.deepEqual(updated, { objectId: "x", ...TEAM });
    });

    for (const [name, rule] of Object.entries(GROUP_TABLE.properties)) {
        const cases = rule.computed ? [{ what: "any value", value: "x" }] : wrongValues(rule);
        for (const { what, value } of cases) {
            it(`refuses ${name}: ${what}`, async () => {
                const { failures } = tenant();
                assert.match(await failures(GROUP, { ...TEAM, [name]: value }), new RegExp(`'${name}`));
            });
        }
    }

    const refused: [string, PropertyMap, RegExp][] = [
        [
            "neither security nor mail",
            { securityEnabled: undefined },
            /at least one of the two must be given/,
        ],
        ["security switched off", { securityEnabled: false }, /Add securityEnabled: true/],
        [
            "a role group without security",
            { securityEnabled: false, assignableToRole: true },
            /assignableToRole needs it too/,
        ],
        ["a mailbox", { mailEnabled: true }, /no Microsoft 365 groups\. Use securityEnabled: true/],
        ["a Microsoft 365 group", { types: ["Unified"] }, /no Microsoft 365 groups and no dynamic ones/],
        [
            "a dynamic group",
            { dynamicMembership: { enabled: true, rule: "x" } },
            /no dynamic groups\. Name the members/,
        ],
        ["public visibility", { visibility: "Public" }, /only Microsoft 365 groups can have that/],
        ["administrative units", { administrativeUnitIds: [NOBODY] }, /no administrative units/],
        ["behaviors", { behaviors: ["HideGroupInOutlook"] }, /no Microsoft 365 groups/],
        ["provisioning options", { provisioningOptions: ["Team"] }, /no Microsoft 365 groups/],
        ["a theme", { theme: "Blue" }, /no Microsoft 365 groups/],
        ["write-back", { writebackEnabled: true }, /no on-premises directory/],
        [
            "an on-premises type",
            { onpremisesGroupType: "UniversalSecurityGroup" },
            /no on-premises directory/,
        ],
        ["subscriptions", { autoSubscribeNewMembers: true }, /no Microsoft 365 groups/],
        ["external senders", { externalSendersAllowed: true }, /no Microsoft 365 groups/],
        ["hiding from address lists", { hideFromAddressLists: true }, /no Microsoft 365 groups/],
        ["hiding from Outlook", { hideFromOutlookClients: true }, /no Microsoft 365 groups/],
        ["a member twice", { members: [SEED_IDS.ada, SEED_IDS.ada] }, /'members\[1\]' .* as is element 0/],
        ["a UPN for a member", { members: ["ada@contoso.onmicrosoft.com"] }, /an object id \(GUID\)/],
        ["a mail alias with a space", { mailNickname: "db admins" }, /of 1 to 64 characters without spaces/],
        [
            "a misspelled property",
            { displayname: "x" },
            /'displayname' is not a property.*Did you mean 'displayName'\?/,
        ],
    ];
    for (const [what, change, message] of refused) {
        it(`refuses ${what}`, async () => {
            const { failures } = tenant();
            assert.match(await failures(GROUP, { ...TEAM, ...change }), message);
        });
    }

    it("takes what does nothing, and lets unknown values of a preview pass", async () => {
        const { failures } = tenant();
        const nothing = {
            mailEnabled: false,
            types: [],
            behaviors: [],
            theme: "",
            writebackEnabled: false,
            visibility: "Private",
        };
        assert.equal(await failures(GROUP, { ...TEAM, ...nothing }), "");
        const inputs = Object.entries(GROUP_TABLE.properties).filter(([, rule]) => !rule.computed);
        assert.equal(await failures(GROUP, Object.fromEntries(inputs.map(([name]) => [name, UNKNOWN]))), "");
    });

    it("members and owners must exist, and an owner is no group", async () => {
        const { create, directory } = tenant();
        const before = directory.all().length;
        await assert.rejects(
            create(GROUP, { ...TEAM, members: [NOBODY] }),
            /members of the group 'Team': the tenant .* has no object/,
        );
        await assert.rejects(
            create(GROUP, { ...TEAM, owners: [SEED_IDS.dbAdmins] }),
            /owners are users or service principals/,
        );
        assert.equal(directory.all().length, before);
    });

    it("F61: names need not be unique, unless preventDuplicateNames says so", async () => {
        const { create, provider, directory } = tenant();
        const first = await create(GROUP, TEAM);
        const second = await create(GROUP, TEAM);
        assert.equal(directory.findByName("Team").length, 2);
        const strict = { ...TEAM, displayName: "team", preventDuplicateNames: true };
        await assert.rejects(
            create(GROUP, strict),
            /named 'Team' exists already \(\/groups\/.*\), and preventDuplicateNames/,
        );
        const rename = { ...strict, displayName: "DB Admins" };
        await assert.rejects(
            provider.update(urn(GROUP), first.id, {}, {}, rename, {}),
            /named 'DB Admins' exists already/,
        );
        await provider.delete(urn(GROUP), second.id, {}, {}, {});
        await provider.update(urn(GROUP), first.id, {}, {}, strict, {});
        assert.equal(directory.findByName("team").length, 1);
    });

    it("changes in place what Entra can change, and replaces for the rest", async () => {
        const { provider } = tenant();
        const diff = async (olds: PropertyMap, news: PropertyMap) =>
            (await provider.diff(urn(GROUP), "/groups/x", {}, { ...TEAM, ...olds }, { ...TEAM, ...news }))
                .detailedDiff;
        assert.deepEqual(await diff({}, { displayName: "New", description: "x" }), {
            displayName: "update",
            description: "add",
        });
        assert.deepEqual(await diff({ members: ["a", "b"] }, { members: ["b", "a"] }), {});
        assert.deepEqual(await diff({ members: ["a"] }, { members: ["a", "b"] }), { "members[1]": "add" });
        assert.deepEqual(await diff({ members: ["a"], owners: ["a"], mailNickname: "x" }, {}), {});
        assert.deepEqual(await diff({ mailNickname: "x" }, { mailNickname: "y" }), {
            mailNickname: "update-replace",
        });
        assert.deepEqual(await diff({}, { assignableToRole: true }), { assignableToRole: "add-replace" });
    });

    it("update sets members and description, keeps members that are left out, and read shows drift", async () => {
        const { provider, create, directory } = tenant();
        const { id, inputs, properties } = await create(GROUP, {
            ...TEAM,
            description: "x",
            members: [SEED_IDS.kim],
        });
        const state = await provider.update(
            urn(GROUP),
            id,
            properties,
            inputs,
            { ...TEAM, displayName: "Crew" },
            {},
        );
        assert.deepEqual([state.displayName, state.description, state.members], ["Crew", "", [SEED_IDS.kim]]);
        const news = { ...TEAM, members: [SEED_IDS.kim, SEED_IDS.ada] };
        await provider.update(urn(GROUP), id, state, inputs, news, {});
        const reordered = { ...news, members: [SEED_IDS.ada, SEED_IDS.kim] };
        assert.deepEqual((await provider.read(urn(GROUP), id, reordered, {}, {}))?.inputs, reordered);
        directory.update(properties.objectId as string, { members: [SEED_IDS.olga], displayName: "Changed" });
        const drifted = await provider.read(urn(GROUP), id, news, {}, {});
        assert.deepEqual(drifted?.inputs, { ...TEAM, displayName: "Changed", members: [SEED_IDS.olga] });
    });

    it("is imported by its id, and gone when it is gone", async () => {
        const { provider, check } = tenant();
        const id = `/groups/${SEED_IDS.dbAdmins}`;
        const imported = await provider.read(urn(GROUP), id, {}, {}, {});
        assert.deepEqual(imported?.inputs, {
            displayName: "DB Admins",
            description: "Administers the database servers.",
            securityEnabled: true,
            mailNickname: "db-admins",
            members: [SEED_IDS.ada],
            owners: [SEED_IDS.grace],
        });
        const again = await check(GROUP, imported!.inputs);
        assert.deepEqual(again.failures, []);
        await provider.delete(urn(GROUP), id, {}, {}, {});
        assert.equal(await provider.read(urn(GROUP), id, {}, {}, {}), undefined);
        await provider.delete(urn(GROUP), id, {}, {}, {});
        assert.equal(await provider.read(urn(GROUP), `/groups/${SEED_IDS.ada}`, {}, {}, {}), undefined);
        await assert.rejects(
            provider.read(urn(GROUP), SEED_IDS.dbAdmins, {}, {}, {}),
            /give \/groups\/<object id>/,
        );
    });
});
