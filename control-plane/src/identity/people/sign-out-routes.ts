/** Where people sign a browser out: the end-session endpoint. */
import { decodeJwt } from "jose";
import { z } from "zod";
import type { App } from "../../http/app.ts";
import { addRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { browserOf, checkForm } from "./browser.ts";
import { allowsRedirect, findClient } from "./clients.ts";
import { sendPage } from "./pages/page.ts";
import { messagePage, signOutPage } from "./pages/sign-in-pages.ts";

const Query = z
  .object({
    client_id: z.string().max(200).optional(),
    id_token_hint: z.string().max(16_384).optional(),
    post_logout_redirect_uri: z.string().max(2048).optional(),
    state: z.string().max(8192).optional(),
  })
  .catch({});

/** For whom an id token was made. Not verified: it only says which registered addresses to compare with. */
function audienceOf(idToken: string | undefined): string | undefined {
  if (idToken === undefined) return undefined;
  try {
    return z.string().safeParse(decodeJwt(idToken).aud).data;
  } catch {
    return undefined;
  }
}

export function registerSignOutRoutes(scope: App, services: Services): void {
  const { identity } = services;

  /** Where to go afterwards, if the program that sent the person here registered it. */
  const returnTo = async (query: unknown): Promise<string | undefined> => {
    const { client_id: given, id_token_hint: hint, post_logout_redirect_uri: target, state } = Query.parse(query);
    const clientId = given ?? audienceOf(hint);
    if (clientId === undefined || target === undefined) return undefined;
    const client = await findClient(identity.applications, clientId);
    if (client === undefined || !allowsRedirect(client, target)) return undefined;
    const url = new URL(target);
    if (state !== undefined) url.searchParams.set("state", state);
    return url.href;
  };

  addRoute(scope, "/:tenant/oauth2/v2.0/logout", {
    GET: async (request, reply) => {
      const { session, csrf } = await browserOf(services, request, reply);
      const target = await returnTo(request.query);
      if (session !== undefined) return sendPage(reply, signOutPage(csrf, session.user, target));
      if (target !== undefined) return reply.redirect(target, 303);
      return sendPage(reply, messagePage("Signed out", "This browser is not signed in."));
    },
    POST: async (request, reply) => {
      checkForm(request, identity.origins);
      await (await browserOf(services, request, reply)).signOut();
      const target = await returnTo(request.query);
      if (target !== undefined) return reply.redirect(target, 303);
      return sendPage(reply, messagePage("Signed out", "This browser is signed out."));
    },
  });
}
