/** The Secret in which a request's token lies, and what it was bought for. */
import { agentNames } from "@arcfleet/contract";
import type { z } from "zod";
import type { identityRequests } from "../runtime/kube/arc-kinds.ts";
import { readSecret, secretData, secrets } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import type { BoughtToken } from "./buy-token.ts";

export type IdentityRequest = z.infer<typeof identityRequests.schema>;

/** Kept on the Secret, so that a restarted operator knows what it has. */
const annotation = {
  audience: "arcfleet.dev/audience",
  resourceId: "arcfleet.dev/resource-id",
  renewAfter: "arcfleet.dev/renew-after",
};

const refOf = (request: IdentityRequest) => ({
  name: `${request.metadata.name}-token`,
  namespace: request.metadata.namespace ?? agentNames.namespace,
});

export const tokenReferenceOf = (request: IdentityRequest) => ({
  secretName: refOf(request).name,
  dataName: agentNames.tokenField,
});

/** When the request's token is to be renewed; undefined when there is none that answers the request as it is now. */
export async function readRenewAfterMs(
  kube: KubeClient,
  request: IdentityRequest,
  signal: AbortSignal,
): Promise<number | undefined> {
  const secret = await kube.get(secrets, refOf(request), { signal });
  if (!readSecret(secret, agentNames.tokenField)) return undefined;
  const {
    [annotation.audience]: audience,
    [annotation.resourceId]: resourceId,
    [annotation.renewAfter]: renewAfter,
  } = secret?.metadata.annotations ?? {};
  if (audience !== request.spec.audience || resourceId !== (request.spec.resourceId ?? "")) return undefined;
  const renewAfterMs = Date.parse(renewAfter ?? "");
  return Number.isNaN(renewAfterMs) ? undefined : renewAfterMs;
}

export async function saveToken(
  kube: KubeClient,
  request: IdentityRequest,
  bought: BoughtToken & { renewAfterMs: number },
  signal: AbortSignal,
): Promise<void> {
  const { metadata, spec } = request;
  await kube.apply(
    secrets,
    {
      metadata: {
        ...refOf(request),
        annotations: {
          [annotation.audience]: spec.audience,
          [annotation.resourceId]: spec.resourceId ?? "",
          [annotation.renewAfter]: new Date(bought.renewAfterMs).toISOString(),
        },
        // Gone with the request.
        ownerReferences: [
          { apiVersion: request.apiVersion, kind: request.kind, name: metadata.name, uid: metadata.uid },
        ],
      },
      type: "Opaque",
      data: secretData({ [agentNames.tokenField]: bought.token }),
    },
    { signal },
  );
}
