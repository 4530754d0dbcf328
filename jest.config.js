// One configuration for every package: Jest runs the TypeScript sources as ES modules, as Node itself does.
const common = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
};

const project = (displayName, testMatch, extra = {}) => ({ ...common, displayName, testMatch, ...extra });

export default {
  // The net below tests that hang. Not a measure of speed: the machine may be busy with the end-to-end suite.
  testTimeout: 120_000,
  projects: [
    project("unit", ["<rootDir>/*/test/**/*.test.ts"]),
    project("repository", ["<rootDir>/tests/repository/**/*.test.ts"]),
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    // The suites that use the whole service once more, over PostgreSQL, and what only that store does. Long ones that ask little of the
    // database are left out.
    project(
      "postgres",
      [
        "<rootDir>/tests/postgres/**/*.test.ts",
        "<rootDir>/control-plane/test/{activity,authorization,data-plane,http,identity,operations,registry,resource-graph,resources}/**/*.test.ts",
        "<rootDir>/tests/contract/{in-process,killed,azure-sdk}.test.ts",
      ],
      {
        globalSetup: "<rootDir>/tests/support/postgres-global-setup.ts",
        globalTeardown: "<rootDir>/tests/support/postgres-global-teardown.ts",
        testPathIgnorePatterns: ["authorization/every-operation", "resource-graph/(limits|grammar)"],
      },
    ),
    project("upgrade", ["<rootDir>/tests/upgrade/**/*.test.ts"]),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
  ],
};
