import { z } from "zod";

/** One ARM error; `details` nests the causes. */
export interface ArmError {
  readonly code: string;
  readonly message: string;
  readonly target?: string | null | undefined;
  readonly details?: readonly ArmError[] | null | undefined;
}

export const ArmError: z.ZodType<ArmError> = z.lazy(() =>
  z.object({
    code: z.string(),
    message: z.string(),
    target: z.string().nullish(),
    details: z.array(ArmError).nullish(),
  }),
);

/** The body of every answer that is not a success. */
export const ArmErrorBody = z.object({ error: ArmError });
export type ArmErrorBody = z.infer<typeof ArmErrorBody>;

/**
 * Every error code the service answers, with its HTTP status and when it is used. The one table: `control-plane` throws by
 * code, a test checks that each code is used and documented.
 */
export const errorCodes = {
  MissingApiVersionParameter: [400, "The request carries no api-version."],
  InvalidApiVersionParameter: [400, "The api-version is not of the form YYYY-MM-DD or YYYY-MM-DD-preview."],
  NoRegisteredProviderFound: [400, "The type exists, but not in this api-version."],
  InvalidSubscriptionId: [400, "The subscription id is not a GUID."],
  InvalidRequestContent: [400, "The body is missing, is not JSON, or does not have the shape of the resource."],
  InvalidResourceName: [400, "The name breaks the rule of its type."],
  LocationRequired: [400, "A tracked resource needs a location."],
  LocationNotAvailableForResourceType: [400, "The location is not one of this control plane's."],
  ValidationFailed: [400, "Properties disagree with each other."],
  PropertyChangeNotAllowed: [400, "A property that is fixed at creation was changed."],
  ExtensionTypeNotFound: [400, "No such extension type in the catalogue."],
  ExtensionVersionNotFound: [400, "The extension type has no such version on that release train."],
  ChartRejected: [400, "An uploaded chart is not what its digest says, or no chart that can be registered."],
  PrincipalNotFound: [400, "A role was assigned to a principal that does not exist."],
  UnmatchedPrincipalType: [400, "A role was assigned to a principal that is of another type than the request says."],
  RoleDefinitionDoesNotExist: [400, "The role definition of an assignment does not exist."],
  InvalidTemplate: [400, "A template cannot be deployed; the message says where it is wrong."],
  OperationNotSupported: [
    400,
    "Azure Resource Manager has this, the control plane does not; the message says what to do instead.",
  ],
  RoleDefinitionLimitExceeded: [400, "There are as many custom roles as there can be."],
  ClusterTypeNotSupported: [400, "Clusters of another kind than connected clusters are not managed here."],
  ClusterConnectNotSupported: [400, "This control plane has no tunnel to clusters."],
  BadRequest: [400, "The request cannot be understood."],
  AuthenticationFailed: [401, "No token, or one that is malformed, expired, revoked or meant for another audience."],
  InvalidProofOfPossession: [401, "The proof was not signed by the onboarding key of the cluster."],
  AuthorizationFailed: [403, "The caller has no role that permits the action on the scope."],
  ResourceNotFound: [404, "No such resource."],
  ResourceGroupNotFound: [404, "No such resource group."],
  SubscriptionNotFound: [404, "No such subscription."],
  ParentResourceNotFound: [404, "The resource that this one belongs to does not exist."],
  InvalidResourceType: [404, "The namespace has no such type."],
  InvalidResourceNamespace: [404, "No such provider namespace."],
  DeploymentNotFound: [404, "No such deployment."],
  OperationNotFound: [404, "No such operation, or it ended longer ago than operations are kept."],
  NotFound: [404, "Nothing answers under this path."],
  MethodNotAllowed: [405, "The path exists, but not with this method."],
  MissingSubscriptionRegistration: [409, "The subscription is not registered for the namespace; registering it helps."],
  ResourceProviderInUse: [409, "A namespace with resources cannot be unregistered."],
  ClusterNotConnected: [409, "The cluster has never connected, and what was asked for needs it."],
  InvalidResourceLocation: [409, "The resource exists in another location."],
  ClusterAlreadyAttached: [409, "The onboarding key belongs to a connected cluster of another name."],
  MoveIncomplete: [409, "A cluster that was moved still holds things that its new record does not have."],
  ExtensionTypeExists: [
    409,
    "Another resource group, or the control plane itself, has an extension type of that name.",
  ],
  ExtensionTypeInUse: [409, "Extensions use what was to be removed or changed of an extension type."],
  ResourceGroupBeingDeleted: [409, "The resource group is being deleted."],
  PrincipalProtected: [409, "A principal or credential without which nobody could manage the control plane any more."],
  NameInUse: [
    409,
    "A resource of another type on the same cluster has the name, and both would make the same objects.",
  ],
  AnotherOperationInProgress: [409, "A deletion of the resource or of its parent is running."],
  DeploymentActive: [409, "The deployment is running."],
  DeploymentNotActive: [409, "The deployment has ended: it cannot be cancelled."],
  NamespaceInUse: [409, "Another custom location stands for the namespace of the cluster."],
  ResourceInUse: [409, "Other resources need what was to be deleted."],
  RoleAssignmentExists: [409, "The same role is already assigned to the principal at the scope."],
  RoleDefinitionWithSameNameExists: [409, "Another role has the name."],
  RoleDefinitionHasAssignments: [409, "A custom role that is assigned was to be removed, or taken from that scope."],
  PreconditionFailed: [412, "If-Match or If-None-Match does not hold."],
  RequestContentTooLarge: [413, "The body is larger than the limit."],
  RequestTimeout: [408, "The request took too long to arrive."],
  UriTooLong: [414, "The URL is longer than the limit."],
  RequestHeaderFieldsTooLarge: [431, "The request has more headers than the limit, or larger ones."],
  UpgradeRequired: [
    426,
    "The call is a WebSocket, and the request did not ask for one, or a proxy between took that away.",
  ],
  UnsupportedMediaType: [415, "The body is not application/json."],
  TooManyRequests: [429, "The caller's budget is used up; Retry-After says when to come back."],
  SubscriptionRequestsThrottled: [
    429,
    "The budget of the caller, or of all, in the subscription is used up; Retry-After says when to come back.",
  ],
  InternalServerError: [500, "A fault of the service; the correlation id finds it in the log."],
  ServiceUnavailable: [503, "The service cannot do this now; Retry-After says when to come back."],
} as const satisfies Record<string, readonly [status: number, when: string]>;

export type ErrorCode = keyof typeof errorCodes;

export const statusOf = (code: ErrorCode): number => errorCodes[code][0];
