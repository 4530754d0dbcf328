import { z } from "zod";

/** What the program declares: logical names to type tokens and inputs. */
export const Spec = z.record(
  z.string(),
  z.object({
    token: z.string(),
    inputs: z.record(z.string(), z.unknown()),
    /** The logical name of the cluster whose id is an input. */
    cluster: z.string().optional(),
    /** A type token that the resource had before. */
    was: z.string().optional(),
  }),
);
export type Spec = z.infer<typeof Spec>;
