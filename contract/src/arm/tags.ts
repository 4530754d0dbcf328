import { z } from "zod";

/** What a name of a tag cannot hold, except one that tools hide their own notes under (`hidden-link:/subscriptions/…`). */
const forbidden = /[<>%&\\?/]|\p{Cc}/u;
const reserved = ["microsoft", "azure", "windows"] as const;

export const TagName = z
  .string()
  .min(1)
  .max(512)
  .refine((name) => name.toLowerCase().startsWith("hidden-") || !forbidden.test(name), {
    message: "the name of a tag cannot hold '<', '>', '%', '&', '\\', '?', '/' or control characters",
  })
  .refine((name) => !reserved.some((prefix) => name.toLowerCase().startsWith(prefix)), {
    message: `the name of a tag cannot begin with ${reserved.join(", ")}: those are reserved`,
  });

export const maxTags = 50;

/** ARM tags: at most 50, names up to 512 and values up to 256 characters. */
export const Tags = z
  .record(TagName, z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= maxTags, { message: `a resource has at most ${maxTags} tags` })
  // What a refinement checks, documents do not know of themselves.
  .meta({ maxProperties: maxTags });
export type Tags = z.infer<typeof Tags>;

export const tagOperations = ["Merge", "Replace", "Delete"] as const;

/** PUT of `…/providers/Microsoft.Resources/tags/default`. */
export const TagsBody = z.object({ properties: z.object({ tags: Tags.nullish() }) });

/** PATCH of the same. A deletion takes names with their values, or with an empty value for any. */
export const TagsPatch = z.object({
  operation: z
    .string()
    .transform((text) => tagOperations.find((one) => one.toLowerCase() === text.toLowerCase()))
    .refine((operation) => operation !== undefined, { message: `must be one of ${tagOperations.join(", ")}` }),
  properties: z.object({ tags: z.record(z.string().min(1).max(512), z.string().max(256)).nullish() }),
});

export const TagsResource = z.object({
  id: z.string(),
  name: z.literal("default"),
  type: z.literal("Microsoft.Resources/tags"),
  properties: z.object({ tags: z.record(z.string(), z.string()) }),
});
