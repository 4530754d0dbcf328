import { z } from "zod";

/** What the program declares, and what it looks up by id. */
export const Spec = z.object({
  declares: z
    .object({
      group: z.object({ name: z.string().optional(), location: z.string(), tags: z.record(z.string(), z.string()) }),
      roleDefinition: z.string(),
    })
    .optional(),
  reads: z
    .object({
      group: z.string(),
      cluster: z.string(),
      extension: z.string(),
      configuration: z.string(),
      assignment: z.string(),
    })
    .optional(),
  looksUp: z.object({ group: z.string(), cluster: z.string() }).optional(),
});
export type Spec = z.input<typeof Spec>;
