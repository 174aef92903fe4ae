// Keeps a file with GitHub's federated token fresh, for AZURE_FEDERATED_TOKEN_FILE: such a token lives for minutes, and making a server
// takes longer. Started in the background; it ends with the job. Nothing is printed but what goes wrong.
//
//   node .github/scripts/federatedToken.mjs <file> [seconds between two fetches]
import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const AUDIENCE = "api://AzureADTokenExchange";
const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = process.env;
const [file, seconds = "240"] = process.argv.slice(2);

if (!file || !(Number(seconds) > 0)) end("say into which file, and every how many seconds");
if (!url || !requestToken) end("there is no token service: the job needs `permissions: id-token: write`");

async function fetchToken() {
    const address = new URL(url);
    address.searchParams.set("audience", AUDIENCE);
    const response = await fetch(address, {
        headers: { authorization: `Bearer ${requestToken}`, accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(30_000),
    });
    const { value } = response.ok ? await response.json() : {};
    if (typeof value !== "string")
        throw new Error(`the token service answered ${response.status} and gave no token`);
    return value;
}

/** Whole or not at all: somebody may read it at any moment. */
function write(token) {
    writeFileSync(`${file}.new`, token, { mode: 0o600 });
    renameSync(`${file}.new`, file);
}

function end(message) {
    process.stderr.write(`federatedToken: ${message}\n`);
    process.exit(1);
}

for (let failures = 0; ;) {
    try {
        write(await fetchToken());
        failures = 0;
    } catch (error) {
        process.stderr.write(`federatedToken: ${error.message}\n`);
        if (++failures > 20) end("given up");
    }
    await sleep(failures > 0 ? 5_000 : Number(seconds) * 1000);
}
