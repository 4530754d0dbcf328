import { z } from "zod";
import { principalName } from "../identity/principal.ts";
import { userName } from "../identity/user.ts";
import type { ResourceDefinition } from "../resources/define-resource.ts";
import { fullType } from "../resources/define-resource.ts";
import { definitions } from "../resources/registry.ts";
import { resourceGroup } from "../resources/resource-group/index.ts";
import { roleAssignment } from "../resources/role-assignment/index.ts";

/** `connectedClusterName`: the parameter that holds the name of one of these. */
export const nameParameter = ({ singular }: ResourceDefinition): string =>
  `${singular.replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase())}Name`;

export const subscriptionPath = "/subscriptions/{subscriptionId}";
export const groupPath = `${subscriptionPath}/resourceGroups/{resourceGroupName}`;

/** The path of one resource of a type, below its parents. */
export const itemPath = (definition: ResourceDefinition): string =>
  `${collectionPath(definition)}/{${nameParameter(definition)}}`;

/** The path under which resources of a type are listed, in a group or below their parent. */
export const collectionPath = (definition: ResourceDefinition): string =>
  `${definition.parent ? itemPath(definition.parent) : groupPath}/providers/${fullType(definition)}`;

const guid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/** What stands for what in the paths of all calls. */
export const pathParameters: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    definitions.map((definition) => [
      nameParameter(definition),
      z
        .string()
        .regex(definition.name.pattern)
        .describe(`The name of the ${definition.singular}: ${definition.name.rule}.`),
    ]),
  ),
  subscriptionId: z
    .string()
    .regex(guid)
    .describe("The one subscription of the control plane; connection.json names it."),
  resourceGroupName: z
    .string()
    .regex(resourceGroup.name.pattern)
    .describe(`The name of the resource group: ${resourceGroup.name.rule}.`),
  roleAssignmentName: z
    .string()
    .regex(roleAssignment.name.pattern)
    .describe(`The name of the role assignment: ${roleAssignment.name.rule}, chosen by the caller.`),
  roleDefinitionId: z.string().describe("The GUID of the role definition."),
  denyAssignmentId: z.string().describe("The GUID of a deny assignment."),
  kubernetesNamespace: z.string().describe("A namespace of the cluster."),
  deploymentName: z
    .string()
    .regex(/^[-\w._()]{1,64}$/)
    .describe("The name of the deployment: 1 to 64 letters, digits, '.', '-', '_', '(' and ')'."),
  resourceSyncRuleName: z.string().describe("The name of a resource sync rule."),
  userName: z.string().regex(userName.pattern).describe(`The sign-in name of a person: ${userName.rule}.`),
  principalName: z
    .string()
    .describe(`The name of an application or its client id. A new one has ${principalName.rule}.`),
  objectId: z.string().describe("The object id of somebody in the directory; for people the sign-in name as well."),
  credentialId: z.string().regex(guid).describe("The id of a credential, from their list."),
  operationId: z.string().regex(guid).describe("The id of the operation, from the link that started it."),
  location: z.string().describe("A location, `westeurope`."),
  namespace: z.string().describe("The namespace of a resource provider, `Microsoft.Kubernetes`."),
  extensionType: z.string().describe("The name of an extension type, `microsoft.flux`."),
  version: z.string().describe("A version of the extension type."),
  digest: z.string().regex(digest).describe("`sha256:` and the hex hash of the chart's tar."),
  tenantId: z
    .string()
    .describe("The tenant of the control plane. Discovery also answers for `organizations` and `common`."),
  path: z
    .string()
    .describe(
      "`charts/{name}` or `extension-types/{name}`, then `manifests/{version or digest}`, `blobs/{digest}` or `tags/list`.",
    ),
};
