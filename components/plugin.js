"use strict";
// The entry that the Pulumi CLI starts: `node @pulumi/pulumi/cmd/run-plugin <this folder> <engine>` requires the folder, and
// so package.json's `main`. The sources are TypeScript, stripped of their types as they are loaded and never type-checked
// here: that takes seconds and hundreds of megabytes, and would depend on the consumer's own tsconfig.
require("tsx/cjs");
require("./provider/main.ts");
