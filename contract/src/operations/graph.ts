import { GraphAnswer, GraphQuery, resourceGraphApiVersions } from "../graph/query.ts";
import type { Operation } from "./operation.ts";
import { named } from "./schemas.ts";

named("GraphQuery", GraphQuery);
named("GraphAnswer", GraphAnswer);

/** Questions about everything that there is. */
export const graphOperations: readonly Operation[] = [
  {
    id: "Resources",
    method: "POST",
    path: "/providers/Microsoft.ResourceGraph/resources",
    summary: "Answers a query over the inventory, with what the caller may read.",
    area: "Resource Graph",
    access: { kind: "authenticated" },
    apiVersions: resourceGraphApiVersions,
    body: { schema: GraphQuery, example: { query: "resources | project name, type, location | take 5" } },
    answers: { 200: { description: "A page of what was found.", schema: GraphAnswer } },
  },
];
