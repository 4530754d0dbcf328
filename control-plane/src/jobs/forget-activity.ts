import type { Services } from "../services.ts";
import { regularly } from "./regularly.ts";

const intervalMs = 15 * 60 * 1000;
/** Some milliseconds of the one writer: other writes find their turn in between. */
const batchSize = 200;
/** So long the job goes on at most; what is left waits for the next time. */
const maxBatches = 500;

/** Removes events that are older than the log is kept. Returns the function that stops looking. */
export const forgetActivityRegularly = (services: Services): (() => void) =>
  regularly(services, { name: "forget-activity", intervalMs, run: () => forgetActivity(services) });

/** Goes by the primary key: events sort by their time. */
export async function forgetActivity({
  store,
  clock,
  settings,
  subscriptionId,
}: Pick<Services, "store" | "clock" | "settings" | "subscriptionId">): Promise<void> {
  const before = new Date(clock.now().getTime() - settings.activityRetentionMs).toISOString();
  const subscription = `/subscriptions/${subscriptionId}`.toLowerCase();
  for (let batch = 0; batch < maxBatches; batch++) {
    const old = await store.read
      .selectFrom("activity_log")
      .select("event_id")
      .where("subscription_key", "=", subscription)
      .where("event_id", "<", before)
      .orderBy("event_id")
      .limit(batchSize)
      .execute();
    const last = old.at(-1);
    if (last === undefined) return;
    await store.write((tx) =>
      tx
        .deleteFrom("activity_log")
        .where("subscription_key", "=", subscription)
        .where("event_id", "<=", last.event_id)
        .execute(),
    );
  }
}
