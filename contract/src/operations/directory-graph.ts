/** The questions of Microsoft Graph that Azure's tools ask to turn names into object ids and back. */
import { z } from "zod";
import { identityNamespace } from "../identity/namespace.ts";
import type { Operation } from "./operation.ts";
import { named } from "./schemas.ts";

const base = {
  area: "Directory as Graph",
  access: { kind: "action", action: `${identityNamespace}/principals/read`, at: "/subscriptions/{subscriptionId}" },
} as const;

const GraphObject = named(
  "GraphObject",
  z.looseObject({
    "@odata.type": z.string(),
    id: z.string(),
    displayName: z.string(),
    appId: z.string().optional(),
    userPrincipalName: z.string().optional(),
  }),
);
const list = {
  200: { description: "None or some.", schema: named("GraphObjectList", z.object({ value: z.array(GraphObject) })) },
};
const one = { 200: { description: "The object.", schema: GraphObject } };
const query = z.object({
  $filter: z.string().describe("`appId eq '…'`, `servicePrincipalNames/any(c:c eq '…')`, `userPrincipalName eq '…'`."),
});

export const directoryGraphOperations: readonly Operation[] = [
  {
    ...base,
    id: "DirectoryGraph_ListServicePrincipals",
    method: "GET",
    path: "/v1.0/servicePrincipals",
    summary: "Finds an application.",
    query,
    answers: list,
  },
  {
    ...base,
    id: "DirectoryGraph_GetServicePrincipal",
    method: "GET",
    path: "/v1.0/servicePrincipals/{objectId}",
    summary: "An application by its object id.",
    answers: one,
  },
  {
    ...base,
    id: "DirectoryGraph_ListUsers",
    method: "GET",
    path: "/v1.0/users",
    summary: "Finds a person.",
    query,
    answers: list,
  },
  {
    ...base,
    id: "DirectoryGraph_GetUser",
    method: "GET",
    path: "/v1.0/users/{objectId}",
    summary: "A person by object id or name.",
    answers: one,
  },
  {
    ...base,
    id: "DirectoryGraph_Me",
    method: "GET",
    path: "/v1.0/me",
    summary: "The person whose token it is.",
    access: { kind: "authenticated" },
    answers: one,
  },
  {
    ...base,
    id: "DirectoryGraph_GetByIds",
    method: "POST",
    path: "/v1.0/directoryObjects/getByIds",
    summary: "Those of the ids that are known.",
    body: { schema: named("GraphIds", z.object({ ids: z.array(z.string().max(100)).max(1000) })) },
    answers: list,
  },
];
