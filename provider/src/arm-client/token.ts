import type { AccessToken, TokenCredential } from "@azure/identity";
import type { Settings } from "../settings/index.ts";
import { asksAuthority, makeCredential, signInHint } from "./credential.ts";
import { ArmRequestError } from "./error.ts";
import { unreachable } from "./network-error.ts";

export type GetToken = (signal?: AbortSignal) => Promise<string>;

/**
 * Access tokens for the control plane from `@azure/identity`, which knows every way to sign in.
 * @param ca PEM of a private CA
 * @param probe asks the authority for anything: the library hides why it could not be reached
 */
export function tokenSource(
  settings: Settings,
  ca: string | undefined,
  probe: (url: string) => Promise<unknown>,
): GetToken {
  let made: Promise<TokenCredential> | undefined;
  const fetchToken = async (): Promise<AccessToken> => {
    try {
      made ??= makeCredential(settings, ca);
      const token = await (await made).getToken(`${settings.endpoint.replace(/\/$/, "")}/.default`);
      if (token === null) throw new Error("no token was issued");
      return token;
    } catch (error) {
      await explainAuthority(settings, probe);
      const where = asksAuthority(settings.credential) ? settings.authority : settings.endpoint;
      throw new ArmRequestError(`Signing in to ${where} (${settings.credential.kind}) failed: ${firstLine(error)}`, {
        code: "AuthenticationFailed",
        hint: signInHint(settings.credential),
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

/** Throws when the authority that sells the tokens does not answer at all. */
async function explainAuthority({ credential, authority }: Settings, probe: (url: string) => Promise<unknown>) {
  if (!asksAuthority(credential)) return;
  await probe(authority).catch((reason: unknown) => {
    throw unreachable(authority, reason);
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
