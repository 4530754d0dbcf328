/**
 * Tokens by the identity-by-CR protocol: any component asks for one with an AzureClusterIdentityRequest in azure-arc;
 * clusteridentityoperator puts it into a Secret, names that in the request's status and renews it in time. Who wants a fresh
 * one earlier empties `status.expirationTime`.
 */
import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { type Clock, systemClock } from "./clock.ts";
import type { TokenSource } from "./control-plane/token-source.ts";
import { identityRequests } from "./kube/arc-kinds.ts";
import { readSecret, secrets } from "./kube/kinds.ts";
import type { KubeClient } from "./kube/kube-client.ts";
import { isKubeError } from "./kube/kube-error.ts";
import { waitForObject } from "./kube/watch-source.ts";

export interface ClusterTokenOptions {
  readonly kube: KubeClient;
  /** Name of the request, `config-agent-identity-request`; the secret is called `<name>-token`. */
  readonly requestName: string;
  /** Who the token is for: the control plane's endpoint. */
  readonly audience: string;
  /** An extension's name, to speak as that extension and not as the cluster. */
  readonly resourceId?: string;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly waitMs?: number;
}

/** A token this close to its end is read anew. */
const leastLifeMs = 120_000;
const defaultWaitMs = 60_000;

export function clusterToken(options: ClusterTokenOptions): TokenSource {
  const { kube, requestName, audience, resourceId, log, clock = systemClock, waitMs = defaultWaitMs } = options;
  const ref = { name: requestName, namespace: agentNames.namespace };
  let kept: { token: string; expiresAt: number } | undefined;
  let refusedToken: string | undefined;
  let pending: Promise<string> | undefined;

  const ensureRequest = async (): Promise<void> => {
    const spec = { audience, ...(resourceId === undefined ? {} : { resourceId }) };
    const found = await kube.get(identityRequests, ref);
    if (found === undefined) {
      try {
        await kube.create(identityRequests, { metadata: ref, spec });
      } catch (error) {
        if (!isKubeError(error, "AlreadyExists")) throw error;
      }
      return;
    }
    if (found.spec.audience !== audience || found.spec.resourceId !== resourceId) {
      await kube.patch(identityRequests, ref, { spec: { audience, resourceId: resourceId ?? null } });
    }
  };

  const fetchToken = async (): Promise<string> => {
    await ensureRequest();
    for (let round = 0; round < 2; round++) {
      const { reference, expiresAt } = await waitForObject(kube, identityRequests, ref, {
        timeoutMs: waitMs,
        satisfied: (request) => {
          const { tokenReference, expirationTime } = request?.status ?? {};
          if (tokenReference === undefined || !expirationTime) return undefined;
          const expiresAt = Date.parse(expirationTime);
          if (!(expiresAt > clock.now())) return undefined;
          return { reference: tokenReference, expiresAt };
        },
        describe: (request) => request?.status?.message ?? "clusteridentityoperator has not answered yet",
      });
      const secret = await kube.get(secrets, { name: reference.secretName, namespace: agentNames.namespace });
      const token = readSecret(secret, reference.dataName);
      if (token !== undefined && token !== refusedToken) {
        kept = { token, expiresAt };
        return token;
      }
      log.info({ request: requestName }, "the token was refused or is missing; asking for a fresh one");
      await kube.patchStatus(identityRequests, ref, { expirationTime: "" });
    }
    throw new Error(
      `${requestName}: the control plane refuses the token and there is no other; see clusteridentityoperator`,
    );
  };

  return {
    async get(signal) {
      if (kept !== undefined && kept.expiresAt - clock.now() > leastLifeMs) return kept.token;
      // One question at a time, shared by all callers; it is not tied to the signal of the first.
      pending ??= fetchToken().finally(() => {
        pending = undefined;
      });
      return signal === undefined ? pending : Promise.race([pending, aborted(signal)]);
    },
    refused(token) {
      refusedToken = token;
      if (kept?.token === token) kept = undefined;
    },
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
