/** The custom resource `VirtualMachineIdentity` in the package's schema. */

/** @param cloudRef reference to the type of the clouds */
export function virtualMachineIdentitySchema(cloudRef: object): object {
    const replaced = (type: object, description: string) => ({
        ...type,
        description,
        willReplaceOnChanges: true,
    });
    const TEXT = { type: "string" };
    return {
        description:
            "A user-assigned managed identity on a virtual machine that another program owns. It adds this one identity and touches nothing else of the machine. Removed, it takes away what it has added; an identity that was on the machine before stays there.",
        inputProperties: {
            virtualMachineId: replaced(
                TEXT,
                "Resource id of the virtual machine, which belongs to another program.",
            ),
            identityId: replaced(TEXT, "Resource id of the user-assigned identity."),
            cloud: replaced(cloudRef, "Which Azure cloud the machine is in. Default: Public."),
        },
        requiredInputs: ["identityId", "virtualMachineId"],
        properties: {
            attachedBefore: {
                type: "boolean",
                description:
                    "Whether the identity was on the machine before; then it stays there when this is removed.",
            },
        },
        required: ["attachedBefore"],
    };
}
