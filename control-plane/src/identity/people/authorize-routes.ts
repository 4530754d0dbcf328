/** The page on which people sign in to a program: OAuth's authorization endpoint, with PKCE. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../../http/app.ts";
import { addRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { createCode } from "./authorization-codes.ts";
import {
  type AuthorizationRequest,
  RefusedRequestError,
  readRequest,
  readTarget,
  type Target,
} from "./authorization-request.ts";
import { type Browser, browserOf, checkForm } from "./browser.ts";
import type { BrowserSession } from "./browser-sessions.ts";
import { sendPage } from "./pages/page.ts";
import { continuePage, formPostPage, signInPage } from "./pages/sign-in-pages.ts";
import { signInWithPassword } from "./password-sign-in.ts";

const Action = z.object({ action: z.enum(["sign-in", "continue", "other", "cancel"]) });

export function registerAuthorizeRoutes(scope: App, services: Services): void {
  const { identity, store, clock, publicUrl } = services;

  /** Sends the browser back to the program. */
  const answer = (reply: FastifyReply, target: Target, facts: Readonly<Record<string, string>>): FastifyReply => {
    const { redirectUri, responseMode, state } = target;
    // The issuer tells programs that know several which one answered (RFC 9207).
    const all = { ...facts, ...(state === undefined ? {} : { state }), iss: identity.issuer.name };
    if (responseMode === "form_post") {
      const fields = Object.entries(all).map(([name, value]) => ({ name, value }));
      return sendPage(reply, formPostPage(redirectUri, fields));
    }
    const url = new URL(redirectUri);
    if (responseMode === "fragment") url.hash = new URLSearchParams(all).toString();
    else for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    // Ours may be addresses with secrets in them; they are never named to where we send somebody.
    return reply.header("referrer-policy", "no-referrer").header("cache-control", "no-store").redirect(url.href, 303);
  };

  const refuse = (reply: FastifyReply, target: Target, error: string, description: string): FastifyReply =>
    answer(reply, target, { error, error_description: description });

  const finish = async (
    reply: FastifyReply,
    request: AuthorizationRequest,
    session: BrowserSession,
  ): Promise<FastifyReply> => {
    const { target, scope: wanted, nonce, codeChallenge } = request;
    const { userId, sessionVersion, signedInAt } = session;
    const code = await createCode(store, clock, {
      userId,
      sessionVersion,
      signedInAt,
      clientId: target.client.clientId,
      redirectUri: target.redirectUri,
      codeChallenge,
      audience: wanted.audience,
      scope: wanted.scope,
      nonce,
    });
    return answer(reply, target, { code });
  };

  const ask = (reply: FastifyReply, request: AuthorizationRequest, browser: Browser, more = {}): FastifyReply =>
    sendPage(
      reply,
      signInPage({
        clientName: request.target.client.name,
        csrf: browser.csrf,
        name: request.loginHint,
        formTarget: request.target.redirectUri,
        ...more,
      }),
    );

  /** The session, unless the program wants another person or the password again. */
  const usableSession = (request: AuthorizationRequest, browser: Browser): BrowserSession | undefined => {
    const { prompts, loginHint } = request;
    const isOther = loginHint !== undefined && loginHint.toLowerCase() !== browser.session?.user.name.toLowerCase();
    return prompts.includes("login") || isOther ? undefined : browser.session;
  };

  const read = async (http: FastifyRequest, reply: FastifyReply): Promise<AuthorizationRequest | undefined> => {
    const target = await readTarget(identity.applications, http.query);
    try {
      return readRequest(target, http.query, identity.issuer, publicUrl);
    } catch (error) {
      if (!(error instanceof RefusedRequestError)) throw error;
      refuse(reply, target, error.error, error.message);
      return undefined;
    }
  };

  addRoute(scope, "/:tenant/oauth2/v2.0/authorize", {
    GET: async (http, reply) => {
      const request = await read(http, reply);
      if (request === undefined) return reply;
      const browser = await browserOf(services, http, reply);
      const session = usableSession(request, browser);
      const { target, prompts } = request;
      const { client } = target;
      // A program on somebody's machine can be any program: its answer is never sent without a person who wants it.
      const isSilent = !client.isPublic && session !== undefined && !prompts.includes("select_account");
      if (isSilent) return finish(reply, request, session);
      if (prompts.includes("none")) {
        return refuse(reply, target, "interaction_required", "AADSTS50058: A person has to sign in or to agree.");
      }
      if (session === undefined) return ask(reply, request, browser);
      const { csrf } = browser;
      return sendPage(
        reply,
        continuePage({ clientName: client.name, csrf, user: session.user, formTarget: target.redirectUri }),
      );
    },
    POST: async (http, reply) => {
      checkForm(http, identity.origins);
      const request = await read(http, reply);
      if (request === undefined) return reply;
      const browser = await browserOf(services, http, reply);
      const action = Action.safeParse(http.body).data?.action;
      if (action === "cancel") {
        return refuse(reply, request.target, "access_denied", "AADSTS65004: The person declined.");
      }
      if (action === "continue") {
        const session = usableSession(request, browser);
        return session === undefined ? ask(reply, request, browser) : finish(reply, request, session);
      }
      if (action !== "sign-in") return ask(reply, request, browser);
      const result = await signInWithPassword(services, http);
      if (result.kind === "refused") return ask(reply, request, browser, result);
      return finish(reply, request, await browser.signIn(result.user));
    },
  });
}
