import { expect, test } from "@jest/globals";
import { createPace } from "../../src/arm-client/pace.ts";

test("nobody waits until the control plane asks for it", async () => {
  await createPace().ready(undefined);
});

test("a pause holds everyone until it is over, the longest one if there are several", async () => {
  const pace = createPace();
  const begun = Date.now();
  pace.pause(60);
  pace.pause(20);
  await Promise.all([pace.ready(undefined), pace.ready(undefined)]);
  // A timer may fire a millisecond early.
  expect(Date.now() - begun).toBeGreaterThanOrEqual(59);
});

test("a run that is stopped does not wait for the end of a pause", async () => {
  const pace = createPace();
  pace.pause(3_600_000);
  await expect(pace.ready(AbortSignal.abort(new Error("stopped")))).rejects.toThrow();
});
