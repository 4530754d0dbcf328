import { join } from "node:path";
import { inspectDatabase, tryMasterKey } from "@arcfleet/control-plane/maintenance";
import { expect, test } from "@jest/globals";
import { startControlPlane } from "../support/control-plane.ts";
import { testDatabase } from "../support/test-database.ts";

test("arcfleet doctor reads what it needs from PostgreSQL, and writes nothing", async () => {
  const { database } = await testDatabase();
  await using controlPlane = await startControlPlane({ ...(database === undefined ? {} : { database }) });
  const settings = { dataDir: controlPlane.dataDir, database, masterKeyFile: join(controlPlane.dataDir, "master.key") };
  expect(await inspectDatabase(settings)).toMatchObject({
    kind: "postgres",
    pending: [],
    tooNew: [],
    staleOperations: 0,
    postgres: { maxConnections: expect.any(Number), usedConnections: expect.any(Number) },
  });
  expect((await tryMasterKey(settings)).opened).toBeGreaterThan(0);
});

test("a database without tables is told as such, and gets none", async () => {
  const { database } = await testDatabase();
  const settings = { dataDir: ".", database };
  await expect(inspectDatabase(settings)).rejects.toThrow(/migrations/);
  await expect(inspectDatabase(settings)).rejects.toThrow(/migrations/);
});
