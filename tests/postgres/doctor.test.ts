import { join } from "node:path";
import { inspectDatabase, tryMasterKey } from "@arcfleet/control-plane/maintenance";
import { expect, test } from "@jest/globals";
import { startControlPlane } from "../support/control-plane.ts";
import { emptyDatabase, testDatabase } from "../support/test-database.ts";

test("arcfleet doctor reads what it needs from PostgreSQL, and writes nothing", async () => {
  await using made = await testDatabase();
  const { database } = made.settings;
  await using controlPlane = await startControlPlane(made.settings);
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
  await using made = await emptyDatabase();
  const settings = { dataDir: ".", ...made.settings };
  await expect(inspectDatabase(settings)).rejects.toThrow(/migrations/);
  await expect(inspectDatabase(settings)).rejects.toThrow(/migrations/);
});
