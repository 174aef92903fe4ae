/**
 * Sign-in with a password, by SCRAM-SHA-256: the gateway never sees the password, PostgreSQL keeps no port
 * open for it.
 */

import type { Duplex } from "node:stream";
import { Refused } from "./gatewaySession";
import { readPasswordMessage } from "./messageReader";
import { SCRAM, ScramError, ScramExchange } from "./scram";
import { wrongPassword, type RoleRecord } from "./signIn";
import { askForSasl, saslContinue, saslFinal } from "./wireMessages";

/** PostgreSQL's limit for these messages. */
const LONGEST_SASL_MESSAGE = 1024;

/**
 * @param findRole asked when the client has said that it goes on.
 * @param secret of this server, for the made-up salts of roles that do not exist.
 * @throws Refused
 */
export async function passwordSignIn(
    client: Duplex,
    user: string,
    findRole: () => Promise<RoleRecord | undefined>,
    secret: Buffer,
): Promise<void> {
    client.write(askForSasl([SCRAM]));
    const first = parseInitialResponse(await readPasswordMessage(client, LONGEST_SASL_MESSAGE));
    const role = await findRole();
    // The superuser, and roles that sign in with tokens, have no password here, whatever is stored.
    const verifier = role && !role.superuser && !role.label ? role.passwordVerifier : undefined;
    const exchange = new ScramExchange(verifier, user, secret);
    try {
        client.write(saslContinue(exchange.first(first)));
        const answer = await readPasswordMessage(client, LONGEST_SASL_MESSAGE);
        const last = exchange.final(answer.toString("utf8"));
        if (last === undefined) throw new Refused(wrongPassword(user));
        client.write(saslFinal(last));
    } catch (error) {
        if (error instanceof ScramError) throw new Refused({ code: "08P01", message: error.message });
        throw error;
    }
}

/** Mechanism, length, and the client's first message. */
function parseInitialResponse(body: Buffer): string {
    const end = body.indexOf(0);
    const mechanism = body.toString("latin1", 0, end);
    if (end < 0 || mechanism !== SCRAM || body.length < end + 5) {
        throw new Refused({
            code: "08P01",
            message: "client selected an invalid SASL authentication mechanism",
        });
    }
    return body.toString("utf8", end + 5, end + 5 + body.readUInt32BE(end + 1));
}
