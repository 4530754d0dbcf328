import { z } from "zod";

/** What the engine is about to do, or did, with one resource. */
const Step = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  /** Property path to the kind of change, such as `update` or `update-replace`. */
  detailedDiff: z
    .record(z.string(), z.object({ diffKind: z.string().optional(), kind: z.string().optional() }).loose())
    .nullish(),
});

/** One line of `pulumi … --json`, of which there are more kinds than are read here. */
export const EngineEvent = z.object({
  timestamp: z.number().optional(),
  resourcePreEvent: z.object({ metadata: Step }).optional(),
  resOutputsEvent: z.object({ metadata: Step }).optional(),
  resOpFailedEvent: z.object({ metadata: Step }).optional(),
  diagnosticEvent: z
    .object({
      urn: z.string().optional(),
      message: z.string(),
      severity: z.string(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});
export type EngineEvent = z.infer<typeof EngineEvent>;

/** A step as tests and the demo look at it. */
export interface ResourceStep {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The logical name, the last part of the URN. */
  readonly name: string;
  /** The changed properties: path to kind of change. Empty when the engine tells none. */
  readonly changes: Readonly<Record<string, string>>;
}

export const toStep = ({ op, urn, type, detailedDiff }: z.infer<typeof Step>): ResourceStep => ({
  op,
  urn,
  type,
  name: urn.split("::").at(-1) ?? urn,
  changes: Object.fromEntries(
    Object.entries(detailedDiff ?? {}).map(([path, entry]) => [path, entry.diffKind ?? entry.kind ?? "update"]),
  ),
});

/** The engine colours its texts with such marks even where there is no terminal. */
export const withoutColours = (text: string): string => text.replaceAll(/<\{%[^%]*%\}>/g, "");
