import { desiredKinds } from "@arcfleet/contract";
import { z } from "zod";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

/** What an extension type says about itself, as annotations of its chart. */
const Annotations = z.object({
  /** The type that clients name; its presence makes the chart an extension. */
  "arcfleet.dev/extension-type": z.string().optional(),
  /** The trains this version is on. */
  "arcfleet.dev/release-trains": list.default(["stable"]),
  "arcfleet.dev/release-namespace": z.string().optional(),
  "arcfleet.dev/scopes": list.pipe(z.array(z.enum(["cluster", "namespace"]))).default(["cluster"]),
  /** What an identity of this extension may read and report on the data plane. */
  "arcfleet.dev/data-plane-kinds": list.pipe(z.array(z.enum(desiredKinds))).default([]),
});

/** `Chart.yaml`, as far as the catalogue reads it; Helm gets all of it. */
export const ChartMetadata = z.looseObject({
  apiVersion: z.string(),
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "must be lower-case letters, digits, hyphens and dots"),
  version: z.string().regex(/^\d+\.\d+\.\d+/, "must be a semantic version"),
  annotations: z.preprocess((value) => value ?? {}, Annotations.loose()),
});
export type ChartMetadata = z.infer<typeof ChartMetadata>;
