import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { namespaceName } from "../../kubernetes/namespace-name.ts";
import { optional, orElse } from "../../schema/nullish.ts";

const maxVersions = 100;

/** A version as charts write theirs. */
const semanticVersion = z
  .string()
  .max(64)
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, "must be a semantic version such as 1.2.3");

const releaseTrain = z
  .string()
  .regex(/^[a-zA-Z0-9][-a-zA-Z0-9]{0,31}$/, "must be 1 to 32 letters, digits and hyphens, such as Stable");

export const ExtensionTypeVersion = z.object({
  /**
   * The content of the chart: `sha256:` and the hex hash of its tar. Uploaded before; fixed once an extension uses the version.
   */
  chartDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be 'sha256:' and 64 hexadecimal digits in lower case"),
  /** The trains that the version is on. */
  releaseTrains: orElse(z.array(releaseTrain).min(1).max(10), ["Stable"]),
});
export type ExtensionTypeVersion = z.output<typeof ExtensionTypeVersion>;

export const ExtensionTypeProperties = z.object({
  /** What the type is, for people. */
  description: optional(z.string().max(1024)),
  /** Who answers for it, for people. */
  publisher: optional(z.string().max(256)),
  /** The namespace of releases that are told none. Absent: the name of the type, with hyphens for dots. */
  defaultReleaseNamespace: optional(namespaceName),
  /** How extensions of the type may be installed. */
  scopes: orElse(z.array(z.enum(["cluster", "namespace"])).min(1), ["cluster"]),
  /** What can be installed, by version. The version is the one in the chart's `Chart.yaml`. */
  versions: z
    .record(semanticVersion, ExtensionTypeVersion)
    .refine((versions) => Object.keys(versions).length <= maxVersions, {
      message: `a type has at most ${maxVersions} versions`,
    })
    .nullish()
    .transform((value): Record<string, ExtensionTypeVersion> => value ?? {}),
});
export type ExtensionTypeProperties = z.output<typeof ExtensionTypeProperties>;

export const ExtensionTypeOutput = z.object({
  provisioningState: z.enum(provisioningStates),
});
export type ExtensionTypeOutput = z.infer<typeof ExtensionTypeOutput>;
