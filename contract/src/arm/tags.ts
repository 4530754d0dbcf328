import { z } from "zod";

/** ARM tags: at most 50, names up to 512 and values up to 256 characters. */
export const Tags = z
  .record(z.string().min(1).max(512), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 50, { message: "a resource has at most 50 tags" });
export type Tags = z.infer<typeof Tags>;
