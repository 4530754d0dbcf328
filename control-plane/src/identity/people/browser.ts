import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Services } from "../../services.ts";
import { type BrowserSession, createSession, endSession, findSession, sessionLifeSeconds } from "./browser-sessions.ts";
import { isSameText, newToken } from "./random.ts";
import type { User } from "./users.ts";

/** The prefix binds a cookie to this very host, and makes browsers refuse it without `Secure`. */
const sessionCookie = "__Host-arcfleet-session";
const csrfCookie = "__Host-arcfleet-form";

/** A form was not sent by a page of ours. */
export class ForeignFormError extends Error {
  override readonly name = "ForeignFormError";
}

/** What a browser brings along, and what is given to it. */
export interface Browser {
  readonly session: BrowserSession | undefined;
  /** What our forms carry, to be told from those of others. */
  readonly csrf: string;
  /** Remembers the person in the browser. A new session each time: nobody can have put it there before. */
  signIn(user: User): Promise<BrowserSession>;
  signOut(): Promise<void>;
}

type BrowserServices = Pick<Services, "store" | "clock">;

const FormMark = z.object({ csrf: z.string().max(100) });

const setCookie = (reply: FastifyReply, name: string, value: string, maxAge: number): void => {
  const cookie = stringifySetCookie({ name, value, maxAge, path: "/", secure: true, httpOnly: true, sameSite: "lax" });
  reply.header("set-cookie", cookie);
};

const tokenPattern = /^[\w-]{43}$/;

/** Reads the cookies of a request, and gives a browser that comes for the first time its mark for forms. */
export async function browserOf(
  { store, clock }: BrowserServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Browser> {
  const cookies = parseCookie(request.headers.cookie ?? "");
  const held = (name: string): string | undefined => {
    const value = cookies[name];
    return value !== undefined && tokenPattern.test(value) ? value : undefined;
  };
  const token = held(sessionCookie);
  const csrf = held(csrfCookie) ?? newToken();
  if (csrf !== held(csrfCookie)) setCookie(reply, csrfCookie, csrf, sessionLifeSeconds);
  const end = async (): Promise<void> => {
    if (token !== undefined) await endSession(store, token);
  };
  return {
    csrf,
    session: token === undefined ? undefined : await findSession(store, clock, token),
    async signIn(user) {
      await end();
      setCookie(reply, sessionCookie, await createSession(store, clock, user), sessionLifeSeconds);
      const { userId, sessionVersion } = user;
      return { user, userId, sessionVersion, signedInAt: clock.now().toISOString() };
    },
    async signOut() {
      await end();
      setCookie(reply, sessionCookie, "", 0);
    },
  };
}

/**
 * Refuses a form that no page of ours made: it must carry what the cookie holds, which other sites can neither read nor set, and where
 * the browser says which site sent it, that must be ours.
 * @throws ForeignFormError
 */
export function checkForm(request: FastifyRequest, origins: readonly string[]): void {
  const { origin } = request.headers;
  if (origin !== undefined && !origins.includes(origin)) throw new ForeignFormError(`origin ${origin}`);
  const cookie = parseCookie(request.headers.cookie ?? "")[csrfCookie];
  const form = FormMark.safeParse(request.body);
  if (cookie === undefined || !tokenPattern.test(cookie) || !form.success || !isSameText(form.data.csrf, cookie)) {
    throw new ForeignFormError("the form's mark is not the cookie's");
  }
}
