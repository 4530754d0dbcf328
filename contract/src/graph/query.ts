import { z } from "zod";

/** The versions that clients of Azure Resource Graph send, newest stable first. */
export const resourceGraphApiVersions = [
  "2024-04-01",
  "2022-10-01",
  "2021-03-01",
  "2019-04-01",
  "2021-06-01-preview",
  "2020-09-01-preview",
  "2020-04-01-preview",
  "2018-09-01-preview",
] as const;

/** The most rows of one page. */
export const maxGraphPage = 1000;

/** What is asked of Azure Resource Graph. */
export const GraphQuery = z.object({
  /** A query in the part of KQL that docs/resource-graph.md describes. */
  query: z.string(),
  subscriptions: z.array(z.string()).max(5000).nullish(),
  managementGroups: z.array(z.string()).max(100).nullish(),
  options: z
    .object({
      $top: z.int().min(1).max(maxGraphPage).nullish(),
      $skip: z.int().min(0).max(1_000_000).nullish(),
      /** From the page before. */
      $skipToken: z
        .string()
        .max(256 * 1024)
        .nullish(),
      resultFormat: z.enum(["objectArray", "table"]).nullish(),
      allowPartialScopes: z.boolean().nullish(),
      /** Says which assignments count at a management group. Ignored: there is one subscription. */
      authorizationScopeFilter: z.string().nullish(),
    })
    .nullish(),
  /** Refused unless empty: `summarize count() by …` says the same. */
  facets: z.array(z.unknown()).nullish(),
});
export type GraphQuery = z.infer<typeof GraphQuery>;

const Table = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
});

export const GraphAnswer = z.object({
  /** What the query finds altogether, and how much of that is here. */
  totalRecords: z.int(),
  count: z.int(),
  resultTruncated: z.enum(["true", "false"]),
  /** Present while more follows. */
  $skipToken: z.string().optional(),
  data: z.union([z.array(z.record(z.string(), z.unknown())), Table]),
  facets: z.array(z.unknown()),
});
export type GraphAnswer = z.infer<typeof GraphAnswer>;
