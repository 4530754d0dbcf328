import { z } from "zod";

const file = z.string();
const name = z.string();

/** What progress-reporter.mjs says. */
export const Progress = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file began"), file }),
  z.object({ kind: z.literal("test began"), file, name }),
  z.object({ kind: z.literal("test ended"), file, name, status: z.string(), durationMs: z.number() }),
  /** Broken: it did not load, or its set-up or tear-down failed. */
  z.object({ kind: z.literal("file ended"), file, isBroken: z.boolean() }),
]);
export type Progress = z.infer<typeof Progress>;
