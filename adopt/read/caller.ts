/** Who runs this, as its token for the resource API says. */

import { cloudEndpoints } from "../../components/clouds";
import { azureTokens } from "../../components/provider/token";

/** The object id; `undefined` where the token does not say. @throws SignInError without a token */
export async function callerObjectId(
    cloud: string,
    environment?: NodeJS.ProcessEnv,
): Promise<string | undefined> {
    const scope = () => `${cloudEndpoints(cloud).resourceManager}/.default`;
    const token = await azureTokens(environment, scope)(cloud);
    try {
        const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
        const { oid } = JSON.parse(payload) as { oid?: unknown };
        return typeof oid === "string" ? oid.toLowerCase() : undefined;
    } catch {
        return undefined;
    }
}
