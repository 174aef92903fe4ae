"use strict";
// The entry that the Pulumi CLI starts: `node @pulumi/pulumi/cmd/run-plugin <this folder> <engine>` requires the folder, and
// so package.json's `main`. In the repository the sources are TypeScript, stripped of their types as they are loaded and never
// type-checked here: that takes seconds and hundreds of megabytes, and would depend on the consumer's own tsconfig. The
// published package is compiled and needs no loader.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (!existsSync(join(__dirname, "provider", "main.js"))) require("tsx/cjs");
require("./provider/main");
