import { parse } from "yaml";
import { z } from "zod";

/** `Chart.yaml`, as far as anyone here reads it; Helm gets all of it. */
export const ChartMetadata = z.looseObject({
  apiVersion: z.string(),
  name: z
    .string()
    .max(128)
    .regex(/^[a-z0-9][a-z0-9.-]*$/, "must be lower-case letters, digits, hyphens and dots"),
  version: z
    .string()
    .max(64)
    .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, "must be a semantic version"),
  annotations: z.preprocess((value) => value ?? {}, z.record(z.string(), z.string())),
});
export type ChartMetadata = z.infer<typeof ChartMetadata>;

/** What a chart says about itself, and all of it as JSON, the way Helm keeps it in registries. */
export interface ChartDescription {
  readonly metadata: ChartMetadata;
  readonly chartJson: string;
}

/** @param origin where the chart came from, for the message */
export function parseChartYaml(yaml: string, origin: string): ChartDescription {
  let chart: unknown;
  try {
    chart = parse(yaml);
  } catch (cause) {
    throw new ChartError(`Chart.yaml of ${origin} is not YAML: ${cause instanceof Error ? cause.message : "?"}`, cause);
  }
  const metadata = ChartMetadata.safeParse(chart);
  if (metadata.success) return { metadata: metadata.data, chartJson: JSON.stringify(chart) };
  const problems = metadata.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
  throw new ChartError(`Chart.yaml of ${origin} cannot be used: ${problems}`);
}

/** Something that is no chart, or one that nobody should install; the message names it and says why. */
export class ChartError extends Error {
  override readonly name = "ChartError";
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
