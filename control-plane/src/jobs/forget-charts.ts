import type { Services } from "../services.ts";
import { regularly } from "./regularly.ts";

const intervalMs = 15 * 60 * 1000;
/** Between the upload of a chart and the PUT of the type that names it lie seconds. */
export const uploadLifeMs = 60 * 60 * 1000;

/** Removes charts that were uploaded and never named by a type. Returns the function that stops looking. */
export const forgetChartsRegularly = (services: Services): (() => void) =>
  regularly(services, { name: "forget-charts", intervalMs, run: () => forgetCharts(services) });

export async function forgetCharts({ store, clock }: Pick<Services, "store" | "clock">): Promise<void> {
  const before = new Date(clock.now().getTime() - uploadLifeMs).toISOString();
  await store.write((tx) =>
    tx.deleteFrom("extension_charts").where("is_registered", "=", 0).where("uploaded_at", "<", before).execute(),
  );
}
