import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { attachPatch, detachPatch, isAttached } from "../../components/provider/machineIdentity";

const GROUP = "/subscriptions/5b1c7a52-0000-4000-8000-000000000001/resourceGroups/rg/providers";
const ORDERS = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/orders-api`;
const OTHER = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/reporting-job`;

describe("which PATCH attaches and detaches one identity", () => {
    const both = "SystemAssigned, UserAssigned";
    const cases: [what: string, patch: unknown, expected: unknown][] = [
        [
            "onto none",
            attachPatch(undefined, ORDERS),
            { type: "UserAssigned", userAssignedIdentities: { [ORDERS]: {} } },
        ],
        [
            "onto the block None",
            attachPatch({ type: "None" }, ORDERS),
            { type: "UserAssigned", userAssignedIdentities: { [ORDERS]: {} } },
        ],
        [
            "beside the machine's own",
            attachPatch({ type: "SystemAssigned" }, ORDERS),
            { type: both, userAssignedIdentities: { [ORDERS]: {} } },
        ],
        [
            "beside others, which stay",
            attachPatch({ type: both, userAssignedIdentities: { [OTHER]: { clientId: "x" } } }, ORDERS),
            { type: both, userAssignedIdentities: { [OTHER]: {}, [ORDERS]: {} } },
        ],
        [
            "already there",
            attachPatch(
                { type: "UserAssigned", userAssignedIdentities: { [ORDERS.toUpperCase()]: {} } },
                ORDERS,
            ),
            undefined,
        ],
        [
            "away, the last one",
            detachPatch({ type: "UserAssigned", userAssignedIdentities: { [ORDERS]: {} } }, ORDERS),
            { type: "None" },
        ],
        [
            "away from the machine's own",
            detachPatch({ type: both, userAssignedIdentities: { [ORDERS]: {} } }, ORDERS),
            { type: "SystemAssigned" },
        ],
        [
            "away from others, which stay, under the id as the machine writes it",
            detachPatch(
                { type: both, userAssignedIdentities: { [ORDERS.toLowerCase()]: {}, [OTHER]: {} } },
                ORDERS,
            ),
            { type: both, userAssignedIdentities: { [ORDERS.toLowerCase()]: null, [OTHER]: {} } },
        ],
        ["not there", detachPatch({ type: "SystemAssigned" }, ORDERS), undefined],
    ];
    for (const [what, patch, expected] of cases) test(what, () => assert.deepEqual(patch, expected));

    test("nothing is attached to a machine without the block", () => {
        assert.equal(isAttached(undefined, ORDERS), false);
        assert.equal(isAttached({ type: "UserAssigned", userAssignedIdentities: null }, ORDERS), false);
    });
});
