import { z } from "zod";

const Settings = z.object({
  /** How many requests to send altogether. */
  ARCFLEET_FUZZ_RUNS: z.coerce.number().int().min(1).default(6000),
  /** Another seed makes other requests; the same one makes the same. */
  ARCFLEET_FUZZ_SEED: z.coerce.number().int().default(20_261_121),
});

export function fuzzSettings(): { readonly runs: number; readonly seed: number } {
  const { ARCFLEET_FUZZ_RUNS: runs, ARCFLEET_FUZZ_SEED: seed } = Settings.parse(process.env);
  return { runs, seed };
}
