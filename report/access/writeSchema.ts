/** Writes docs/access-report.schema.json: `npm run access:schema`, after a change of accessReport.ts. */

import { writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_FOLDER } from "../../rehearsal/stackFile";
import { accessReportJsonSchema } from "./accessReport";

const file = path.join(PROJECT_FOLDER, "docs", "access-report.schema.json");
writeFileSync(file, `${JSON.stringify(accessReportJsonSchema(), undefined, 4)}\n`);
