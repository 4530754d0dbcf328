import { desiredKinds } from "@arcfleet/contract";
import { z } from "zod";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

/**
 * What a bundled extension type says about itself, as annotations of its chart. Charts that users register are asked for none of this:
 * it is said where they are registered, and the data plane is not theirs.
 */
export const ChartAnnotations = z.object({
  /** The type that clients name; its presence makes the chart an extension. */
  "arcfleet.dev/extension-type": z.string().optional(),
  /** The trains this version is on. */
  "arcfleet.dev/release-trains": list.default(["stable"]),
  "arcfleet.dev/release-namespace": z.string().optional(),
  "arcfleet.dev/scopes": list.pipe(z.array(z.enum(["cluster", "namespace"]))).default(["cluster"]),
  /** What an identity of this extension may read and report on the data plane. */
  "arcfleet.dev/data-plane-kinds": list.pipe(z.array(z.enum(desiredKinds))).default([]),
});
export type ChartAnnotations = z.infer<typeof ChartAnnotations>;
