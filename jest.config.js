// One configuration for every package: Jest runs the TypeScript sources as ES modules, as Node itself does.
const common = {
  testEnvironment: "node",
  // Not in the temporary folder, where Jest has it otherwise: each run of the suites has a temporary folder of its own.
  cacheDirectory: "<rootDir>/.arcfleet/jest",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
};

const project = (displayName, testMatch, extra = {}) => ({ ...common, displayName, testMatch, ...extra });

/**
 * The suites of the service that run once more, over PostgreSQL: those that ask the database in a way of their own, by statements (filters,
 * paging, counts, key ranges), by transactions that meet each other, or by what must be there after a crash. What asks about HTTP, TLS,
 * tokens, pages, certificates, charts or the form of a document gets the same answer whatever keeps the rows, and runs once.
 */
const alsoOverPostgres = [
  ...[
    "activity/activity-log",
    "authorization/{check-access,custom-roles,role-routes,scopes,visible}",
    "data-plane/{moved-cluster,notifications,routes}",
    "http/{metrics,operations,surroundings,tags}",
    "identity/{directory,first-signing-key,graph,people/device,people/sign-in}",
    "operations/{children,cluster,extension-types,faults,racing}",
    "resource-graph/{inventory,permissions}",
    "resources/{custom-location,moved-clusters}",
  ].map((suite) => `<rootDir>/control-plane/test/${suite}.test.ts`),
  "<rootDir>/tests/contract/{in-process,killed}.test.ts",
];

export default {
  // The net below tests that hang. Not a measure of speed: the machine may be busy with the end-to-end suite.
  testTimeout: 120_000,
  projects: [
    project("unit", ["<rootDir>/*/test/**/*.test.ts"]),
    project("repository", ["<rootDir>/tests/repository/**/*.test.ts"]),
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    project("postgres", ["<rootDir>/tests/postgres/**/*.test.ts", ...alsoOverPostgres], {
      globalSetup: "<rootDir>/tests/support/postgres-global-setup.ts",
      globalTeardown: "<rootDir>/tests/support/postgres-global-teardown.ts",
    }),
    project("upgrade", ["<rootDir>/tests/upgrade/**/*.test.ts"]),
    project("e2e", ["<rootDir>/tests/e2e/**/*.test.ts"]),
  ],
};
