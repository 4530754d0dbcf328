import { z } from "zod";
import type { Operation } from "./operation.ts";
import { subscriptionPath } from "./path-parameters.ts";
import { named, pageSchema } from "./schemas.ts";

const Localizable = named("LocalizableString", z.object({ value: z.string(), localizedValue: z.string() }));

const ActivityEvent = named(
  "ActivityEvent",
  z
    .looseObject({
      eventTimestamp: z.string(),
      caller: z.string(),
      operationName: Localizable,
      status: Localizable,
      subStatus: Localizable,
      resourceId: z.string(),
      resourceGroupName: z.string(),
      correlationId: z.string(),
      operationId: z.string(),
      level: z.enum(["Informational", "Error"]),
      authorization: z.object({ action: z.string(), scope: z.string() }),
      httpRequest: z.object({
        clientRequestId: z.string(),
        clientIpAddress: z.string(),
        method: z.string(),
        uri: z.string(),
      }),
    })
    .partial(),
);

const query = z.object({
  $filter: z
    .string()
    .optional()
    .describe(
      "`eventTimestamp` with `ge` and `le`; `resourceUri`, `resourceGroupName`, `resourceProvider`, `correlationId`, `caller` and `status` with `eq`; joined by `and`.",
    ),
  $select: z.string().optional().describe("The members to answer, with commas between them."),
  $skipToken: z.string().optional().describe("Where to go on; part of `nextLink`."),
});

/** Who did what: every write, deletion and action, also those that were refused. */
export const activityOperations: readonly Operation[] = [
  {
    id: "ActivityLogs_List",
    method: "GET",
    path: `${subscriptionPath}/providers/microsoft.insights/eventtypes/management/values`,
    summary: "Lists who did what, newest first.",
    area: "Activity log",
    access: {
      kind: "action",
      action: "Microsoft.Insights/eventtypes/values/read",
      at: "the subscription, or the group or resource that the filter names",
    },
    apiVersions: ["2015-04-01"],
    takesAnyVersion: true,
    query,
    isPaged: true,
    answers: { 200: { description: "A page.", schema: pageSchema("ActivityEventList", ActivityEvent) } },
  },
];
