import { AuthorizeQuery } from "@arcfleet/contract";
import type { TokenIssuer } from "../access-token.ts";
import type { Applications } from "../applications.ts";
import { TokenError } from "../token-error.ts";
import { allowsRedirect, type Client, findClient } from "./clients.ts";
import { parseUserScope, type UserScope } from "./user-scope.ts";

/** Whom to answer: looked at first, because until it is known to be right nobody may be sent anywhere. */
const Target = AuthorizeQuery.pick({ client_id: true, redirect_uri: true, state: true }).extend({
  response_mode: AuthorizeQuery.shape.response_mode.unwrap().default("query"),
});

const Wish = AuthorizeQuery.omit({
  client_id: true,
  redirect_uri: true,
  state: true,
  response_mode: true,
}).extend({ prompt: AuthorizeQuery.shape.prompt.unwrap().default("") });

export interface Target {
  readonly client: Client;
  readonly redirectUri: string;
  readonly responseMode: "query" | "fragment" | "form_post";
  readonly state: string | undefined;
}

export interface AuthorizationRequest {
  readonly target: Target;
  readonly scope: UserScope;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly prompts: readonly string[];
  readonly loginHint: string | undefined;
}

/** To be shown to the person: who asks cannot be trusted with an answer. */
export class BadTargetError extends Error {
  override readonly name = "BadTargetError";
}

/** To be told to the program that asked. */
export class RefusedRequestError extends Error {
  override readonly name = "RefusedRequestError";
  readonly error: string;
  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

/** @throws BadTargetError */
export async function readTarget(applications: Applications, query: unknown): Promise<Target> {
  const parsed = Target.safeParse(query);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new BadTargetError(`The program that sent you here left out or garbled: ${names}.`);
  }
  const { client_id: clientId, redirect_uri: redirectUri, response_mode: responseMode, state } = parsed.data;
  const client = await findClient(applications, clientId);
  if (client === undefined) throw new BadTargetError(`The program '${clientId}' is not registered here.`);
  if (!allowsRedirect(client, redirectUri)) {
    throw new BadTargetError(
      `The program '${client.name}' wants the answer to be sent to '${redirectUri}', which is not registered for it.`,
    );
  }
  return { client, redirectUri, responseMode, state };
}

/** @throws RefusedRequestError */
export function readRequest(
  target: Target,
  query: unknown,
  issuer: TokenIssuer,
  defaultAudience: string,
): AuthorizationRequest {
  const parsed = Wish.safeParse(query);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join("."));
    const isOtherFlow = names.includes("response_type");
    throw new RefusedRequestError(
      isOtherFlow ? "unsupported_response_type" : "invalid_request",
      isOtherFlow
        ? "AADSTS700054: Only the response_type code is possible."
        : `AADSTS900144: These are missing or not valid: ${names.join(", ")}.`,
    );
  }
  const wish = parsed.data;
  if (target.client.isPublic && wish.code_challenge === undefined) {
    throw new RefusedRequestError(
      "invalid_request",
      "AADSTS501491: A program that keeps no secret must send a code_challenge (PKCE) with the method S256.",
    );
  }
  if ((wish.code_challenge === undefined) !== (wish.code_challenge_method === undefined)) {
    throw new RefusedRequestError(
      "invalid_request",
      "AADSTS501481: code_challenge and code_challenge_method=S256 go together.",
    );
  }
  return {
    target,
    scope: readScope(wish.scope, issuer, defaultAudience),
    nonce: wish.nonce,
    codeChallenge: wish.code_challenge,
    prompts: wish.prompt.toLowerCase().split(/\s+/),
    loginHint: wish.login_hint,
  };
}

function readScope(scope: string, issuer: TokenIssuer, defaultAudience: string): UserScope {
  try {
    return parseUserScope(scope, issuer, defaultAudience);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw new RefusedRequestError("invalid_scope", `AADSTS500011: ${error.message}`);
  }
}
