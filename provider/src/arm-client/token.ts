import type { AccessToken } from "@azure/identity";
import type { Settings } from "../settings.ts";
import { ArmRequestError } from "./error.ts";
import { unreachable } from "./network-error.ts";

export type GetToken = (signal?: AbortSignal) => Promise<string>;

/**
 * Access tokens for the control plane from `@azure/identity`, which knows every way to sign in. The library is loaded at the first
 * token only: a preview needs none.
 * @param ca PEM of a private CA; the library's own requests need it too
 * @param probe asks the authority for anything: the library hides why it could not be reached
 */
export function tokenSource(
  settings: Settings,
  ca: string | undefined,
  probe: (url: string) => Promise<unknown>,
): GetToken {
  let credential: Promise<import("@azure/identity").TokenCredential> | undefined;
  const load = async () => {
    const { ClientSecretCredential } = await import("@azure/identity");
    return new ClientSecretCredential(settings.tenantId, settings.clientId, settings.clientSecret, {
      authorityHost: settings.authority,
      // Any authority but Microsoft's is unknown to the public instance list, which may not even be reachable from here.
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 4, retryDelayInMs: 250 },
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    });
  };
  const fetchToken = async (): Promise<AccessToken> => {
    credential ??= load();
    try {
      const token = await (await credential).getToken(`${settings.endpoint.replace(/\/$/, "")}/.default`);
      if (token === null) throw new Error("no token was issued");
      return token;
    } catch (error) {
      await probe(settings.authority).catch((reason: unknown) => {
        throw unreachable(settings.authority, reason);
      });
      throw new ArmRequestError(`Signing in to ${settings.authority} failed: ${firstLine(error)}`, {
        code: "AuthenticationFailed",
        hint: "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or the file ARCFLEET_CONNECTION).",
        cause: error,
      });
    }
  };

  // The engine starts many verbs at once: they share one request, and the token after that.
  let current: Promise<AccessToken> | undefined;
  let usableUntil = Number.POSITIVE_INFINITY;
  return async (signal) => {
    if (current === undefined || Date.now() > usableUntil) {
      usableUntil = Number.POSITIVE_INFINITY;
      current = fetchToken();
      current.then(
        (token) => {
          usableUntil = token.expiresOnTimestamp - renewBeforeEndMs;
        },
        () => {
          current = undefined;
        },
      );
    }
    const { token } = await current;
    signal?.throwIfAborted();
    return token;
  };
}

const renewBeforeEndMs = 5 * 60_000;

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
