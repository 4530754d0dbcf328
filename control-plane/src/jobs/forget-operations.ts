import type { Services } from "../services.ts";
import { regularly } from "./regularly.ts";

const intervalMs = 15 * 60 * 1000;
const batchSize = 500;

/** Removes operations that ended longer ago than they are kept. Returns the function that stops looking. */
export const forgetOperationsRegularly = (services: Services): (() => void) =>
  regularly(services, { name: "forget-operations", intervalMs, run: () => forgetOperations(services) });

export async function forgetOperations(services: Services): Promise<void> {
  const before = new Date(services.clock.now().getTime() - services.settings.operationRetentionMs).toISOString();
  for (;;) {
    const old = await services.store.read
      .selectFrom("operations")
      .select("id")
      .where("ended_at", "<", before)
      .limit(batchSize)
      .execute();
    if (old.length === 0) return;
    const ids = old.map(({ id }) => id);
    await services.store.write((tx) => tx.deleteFrom("operations").where("id", "in", ids).execute());
  }
}
