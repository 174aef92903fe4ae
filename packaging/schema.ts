import { writeFileSync } from "node:fs";
import { packageSchema, SCHEMA_FILE, schemaText } from "./packageSchema";

/** `npm run schema`: writes the schema anew from the sources. A test fails where that was forgotten. */
const HELP = `npm run schema: writes components/schema.json anew from the sources of the components and the custom resources.\n`;

if (process.argv.includes("--help")) process.stdout.write(HELP);
else {
    const schema = packageSchema();
    writeFileSync(SCHEMA_FILE, schemaText(schema));
    const count = (map: object) => Object.keys(map).length;
    process.stdout.write(
        `components/schema.json: ${count(schema.resources)} resources, ${count(schema.types)} types.\n`,
    );
}
