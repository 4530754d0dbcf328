import type { SimulatedAgent } from "./simulated-agent.ts";
import { waitFor } from "./wait-for.ts";

/** Waits for work while the agents do whatever they are told, until they are no longer known. */
export async function whileAgentsWork<T>(agent: SimulatedAgent, work: Promise<T>): Promise<T> {
  let isDone = false;
  const markDone = (): void => {
    isDone = true;
  };
  work.then(markDone, markDone);
  const look = async (): Promise<boolean> => {
    await agent.settle();
    return isDone;
  };
  await waitFor(() => look().catch(() => isDone), { timeoutMs: 3 * 60_000, describe: "the run has ended" });
  return work;
}
