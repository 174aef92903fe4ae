import { z } from "zod";
import { administrator, guid, hostAndPort, principalType, resourceGroup, text } from "./stackConfigSchema";

/** The shape of the configuration of a stack with an existing, retired Single Server. Pure. */
export const singleServerConfigSchema = z.strictObject({
    cloud: z.enum(["Public", "China", "UsGovernment", "Local"]).default("Public"),
    location: text.optional(),
    tenantId: guid.optional(),
    /** Of the server, which exists; none is made. */
    resourceGroup,
    singleServer: z.strictObject({
        name: text,
        /** Must be true: no new one can be made (F41). */
        existing: z.boolean().default(false),
        address: hostAndPort.optional(),
    }),
    /** The one administrator (F23). */
    administrator: administrator.optional(),
    principals: z.array(z.strictObject({ name: text, principalType, clientId: guid.optional() })).default([]),
});

export type SingleServerStackConfig = z.infer<typeof singleServerConfigSchema>;
