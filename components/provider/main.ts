/** The plugin process. `plugin.js` requires this file; see there. */
import { AzurePostgresEntraProvider } from "./provider";
import { servePlugin } from "./servePlugin";

void servePlugin(new AzurePostgresEntraProvider());
