"use strict";
// The entry that the Pulumi CLI starts. The sources are TypeScript, stripped of their types as they are loaded and never
// type-checked here: that takes seconds and hundreds of megabytes at every preview.
require("tsx/cjs");
require("./pack.ts");
