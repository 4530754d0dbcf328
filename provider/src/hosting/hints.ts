import { z } from "zod";
import type { Hints } from "../lifecycle/context.ts";

const HintsInput = z.object({
  urn: z.string().optional(),
  isNameDefault: z.boolean().optional(),
  adopt: z.boolean().optional(),
  rollout: z.object({ needs: z.array(z.string()) }).optional(),
  waiting: z.array(z.object({ ring: z.string(), clusters: z.int() })).optional(),
  charts: z.record(z.string(), z.string()).optional(),
});

/** The hints that the SDK gave; none when there are none, or not yet. */
export const readHints = (given: unknown): Hints => HintsInput.safeParse(given).data ?? {};
