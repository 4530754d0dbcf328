import type { Report } from "@arcfleet/contract";
import type { DesiredItems } from "./desired-items.ts";

/** For an outbox: an item whose removal was reported, or that the control plane no longer knows, is forgotten. */
export const forgetDelivered =
  (desired: Pick<DesiredItems<{ readonly generation: number }>, "get" | "forget">) =>
  ({ name, generation, state }: Report, isKnown: boolean): void => {
    const isOver = state === "Deleted" || !isKnown;
    if (isOver && desired.get(name)?.generation === generation) desired.forget(name);
  };
