import { tmpdir } from "node:os";

/**
 * Where files of tests lie that need not survive anything: databases that are flushed all the time, and that nobody cuts the power of.
 * In memory, when the runner of the suites (tools/src/testing/run-folders.ts) found room there.
 */
export const quickFolder = (): string => process.env.ARCFLEET_TEST_MEMORY ?? tmpdir();
