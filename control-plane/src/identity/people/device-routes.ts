/** The sign-in of devices that have no browser (RFC 8628): where they begin it, and the page on which a person lets them in. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../../http/app.ts";
import { addRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { TokenError } from "../token-error.ts";
import { type Browser, browserOf, checkForm } from "./browser.ts";
import type { BrowserSession } from "./browser-sessions.ts";
import { type Client, findClient } from "./clients.ts";
import {
  createDeviceCode,
  decideDevice,
  deviceLifeSeconds,
  findWaitingDevice,
  pollIntervalSeconds,
} from "./device-codes.ts";
import { sendPage } from "./pages/page.ts";
import { approvePage, devicePage, messagePage, signInPage } from "./pages/sign-in-pages.ts";
import { signInWithPassword } from "./password-sign-in.ts";
import { normalUserCode, showUserCode } from "./random.ts";
import { parseUserScope } from "./user-scope.ts";

const Start = z.object({ client_id: z.string().min(1).max(200), scope: z.string().min(1).max(4096) });

const devicePath = "/device";

/** Answers a device that begins a sign-in. @throws TokenError */
export async function startDevice(services: Services, body: unknown): Promise<Record<string, unknown>> {
  const { identity, store, clock, publicUrl } = services;
  const form = Start.safeParse(body);
  if (!form.success) throw new TokenError("invalidRequest", "The request body must contain: client_id, scope.");
  const client = await findClient(identity.applications, form.data.client_id);
  if (client === undefined || !client.isPublic) {
    throw new TokenError(
      "unknownClient",
      `Application with identifier '${form.data.client_id}' was not found in the directory, or is no public client.`,
    );
  }
  const { audience, scope } = parseUserScope(form.data.scope, identity.issuer, publicUrl);
  const made = await createDeviceCode(store, clock, { clientId: client.clientId, audience, scope });
  if (made === undefined) {
    throw new TokenError("tooManyDevices", "Too many devices wait to be let in. Try again in some minutes.", {
      retryAfterSeconds: 60,
    });
  }
  const [shown, page] = [showUserCode(made.userCode), `${publicUrl}${devicePath}`];
  return {
    user_code: shown,
    device_code: made.deviceCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${shown}`,
    expires_in: deviceLifeSeconds,
    interval: pollIntervalSeconds,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${shown} to authenticate.`,
  };
}

const Query = z.object({ user_code: z.string().max(40).optional() }).catch({});
const Form = z.object({
  action: z.enum(["find", "sign-in", "approve", "decline", "other", "cancel"]),
  user_code: z.string().max(40),
});
/** The name under which wrong codes are counted; no person can be called this. */
const guesses = "code of a device";

export function registerDeviceRoutes(scope: App, services: Services): void {
  const { identity, store, clock, log } = services;

  const askForCode = (reply: FastifyReply, browser: Browser, problem: string, status = 400): FastifyReply =>
    sendPage(reply, devicePage({ csrf: browser.csrf, problem, status }));
  const askForPassword = (reply: FastifyReply, client: Client, csrf: string, code: string, more = {}): FastifyReply =>
    sendPage(
      reply,
      signInPage({ clientName: client.name, csrf, fields: [{ name: "user_code", value: code }], ...more }),
    );
  const askForApproval = (
    reply: FastifyReply,
    client: Client,
    csrf: string,
    { user }: BrowserSession,
    code: string,
  ): FastifyReply => sendPage(reply, approvePage({ csrf, clientName: client.name, user, code: showUserCode(code) }));

  const decide = async (
    reply: FastifyReply,
    browser: Browser,
    code: string,
    session: BrowserSession | undefined,
  ): Promise<FastifyReply> => {
    const isDecided = await decideDevice(
      store,
      clock,
      code,
      session === undefined ? { state: "declined" } : { state: "approved", signIn: session },
    );
    if (!isDecided) return askForCode(reply, browser, "The code has expired. Begin again on the device.");
    if (session === undefined) return sendPage(reply, messagePage("Declined", "The device was not let in."));
    log.info({ userId: session.userId }, "a person let a device in");
    return sendPage(reply, messagePage("Done", "The device is signed in. You may close this window."));
  };

  const post = async (http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    checkForm(http, identity.origins);
    const browser = await browserOf(services, http, reply);
    const form = Form.safeParse(http.body);
    const waitSeconds = identity.failedLogins.waitSeconds(http.ip, guesses);
    if (waitSeconds > 0) return askForCode(reply, browser, `Too many wrong codes. Wait ${waitSeconds} seconds.`, 429);
    const code = normalUserCode(form.data?.user_code ?? "");
    const device = await findWaitingDevice(store, clock, code);
    const client = device && (await findClient(identity.applications, device.client_id));
    if (!form.success || device === undefined || client === undefined) {
      identity.failedLogins.record(http.ip, guesses);
      return askForCode(reply, browser, "The code is not right, or has expired.");
    }
    const { csrf } = browser;
    const { session } = browser;
    const { action } = form.data;
    if (action === "decline" || action === "cancel") return decide(reply, browser, code, undefined);
    if (action === "sign-in") {
      const result = await signInWithPassword(services, http);
      if (result.kind === "refused") return askForPassword(reply, client, csrf, code, result);
      return askForApproval(reply, client, csrf, await browser.signIn(result.user), code);
    }
    if (session === undefined || action === "other") return askForPassword(reply, client, csrf, code);
    if (action === "approve") return decide(reply, browser, code, session);
    return askForApproval(reply, client, csrf, session, code);
  };

  addRoute(scope, devicePath, {
    GET: async (http, reply) => {
      const { csrf } = await browserOf(services, http, reply);
      const code = normalUserCode(Query.parse(http.query).user_code ?? "");
      return sendPage(reply, devicePage({ csrf, code: code === "" ? undefined : showUserCode(code) }));
    },
    POST: post,
  });
}
