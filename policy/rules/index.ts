import type { PolicyRule } from "../rule";
import { administratorsAreGroups, applicationsDoNotAdminister } from "./administrators";
import { openFirewall } from "./openFirewall";
import { ownersAreApplications } from "./ownerProfile";
import { passwordOnlyServer } from "./passwordOnlyServer";
import { entraRoute, entraTraffic } from "./privateNetwork";
import { singleServer } from "./singleServer";
import { tlsRequired } from "./tls";

/** Every rule of the pack. */
export const RULES: readonly PolicyRule[] = [
    passwordOnlyServer,
    openFirewall,
    entraTraffic,
    entraRoute,
    administratorsAreGroups,
    applicationsDoNotAdminister,
    singleServer,
    tlsRequired,
    ownersAreApplications,
];
