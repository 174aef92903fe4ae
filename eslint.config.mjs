import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Imports point one way: the package knows nothing of the emulator, and nothing but the rehearsal loads the program. */
const oneWayImports = (...forbidden) => ({
    "no-restricted-imports": [
        "error",
        {
            patterns: forbidden.map((group) => ({
                group: [group],
                message: "Imports point one way (docs/architecture.md).",
            })),
        },
    ],
});

const PROJECT_PARTS = ["**/components/**", "**/emulator/**", "**/rehearsal/**", "**/config", "**/stack*"];

export default tseslint.config(
    { ignores: ["**/node_modules/**", "**/dist/**", "examples/**"] },
    js.configs.recommended,
    ...tseslint.configs.recommended,
    {
        files: ["**/*.ts"],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        plugins: { "@pulumi": pulumi },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@typescript-eslint/no-floating-promises": [
                "error",
                {
                    allowForKnownSafeCalls: [
                        { from: "package", package: "node:test", name: ["test", "describe", "it", "suite"] },
                    ],
                },
            ],
            "@typescript-eslint/no-misused-promises": "error",
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
            ],
            eqeqeq: "error",
            "no-console": "error",
        },
    },
    {
        files: ["components/**/*.ts"],
        rules: oneWayImports(
            "**/emulator/**",
            "**/rehearsal/**",
            "**/report/**",
            "**/plan/**",
            "**/adopt/**",
            "**/policy/**",
            "**/packaging/**",
            "../config",
            "../../config",
            "../**/stack*",
        ),
    },
    {
        files: ["emulator/**/*.ts"],
        rules: oneWayImports(
            "**/rehearsal/**",
            "**/report/**",
            "**/plan/**",
            "**/adopt/**",
            "**/policy/**",
            "**/config",
        ),
    },
    // What is printed is made from data alone: no part of the project, no file, no network.
    {
        files: ["report/*.ts", "report/access/render/**/*.ts"],
        rules: oneWayImports(...PROJECT_PARTS, "**/read/**", "**/judge/**", "node:*"),
    },
    // What is judged is judged from what was read: the configuration and the package's pure rules, no file, no network.
    {
        files: ["report/access/judge/**/*.ts", "adopt/judge/**/*.ts"],
        rules: oneWayImports(
            "**/emulator/**",
            "**/rehearsal/**",
            "**/read/**",
            "**/render/**",
            "node:*",
            "pg",
        ),
    },
    {
        files: ["report/access/read/**/*.ts"],
        rules: oneWayImports("**/emulator/**", "**/rehearsal/**", "**/render/**"),
    },
    {
        files: ["report/access/page/*.js"],
        languageOptions: {
            sourceType: "script",
            globals: {
                document: "readonly",
                addEventListener: "readonly",
                innerHeight: "readonly",
                requestAnimationFrame: "readonly",
                ResizeObserver: "readonly",
            },
        },
    },
    {
        files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
        languageOptions: {
            globals: {
                process: "readonly",
                require: "readonly",
                module: "writable",
                console: "readonly",
                URL: "readonly",
                fetch: "readonly",
                AbortSignal: "readonly",
                __dirname: "readonly",
            },
        },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
);
