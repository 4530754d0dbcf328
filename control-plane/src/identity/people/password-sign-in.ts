import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Services } from "../../services.ts";
import type { User } from "./users.ts";

const Form = z.object({ username: z.string().trim().min(1).max(320), password: z.string().min(1).max(1024) });

export type PasswordSignIn =
  | { readonly kind: "signedIn"; readonly user: User }
  | { readonly kind: "refused"; readonly problem: string; readonly name: string; readonly status: number };

/**
 * Checks name and password of a form. What is wrong is not told: neither whether there is such a person, nor whether they may sign in.
 * Failures are counted by address and name in this process, and by person in the database.
 */
export async function signInWithPassword(
  { identity, log }: Pick<Services, "identity" | "log">,
  request: FastifyRequest,
): Promise<PasswordSignIn> {
  const form = Form.safeParse(request.body);
  const refuse = (problem: string, status: number): PasswordSignIn => ({
    kind: "refused",
    problem,
    status,
    name: form.data?.username ?? "",
  });
  if (!form.success) return refuse("Type both name and password.", 400);
  const { username, password } = form.data;
  const waitText = (seconds: number): string => `Too many failed tries. Wait ${seconds} seconds, then try again.`;

  const waitSeconds = identity.failedLogins.waitSeconds(request.ip, username);
  if (waitSeconds > 0) return refuse(waitText(waitSeconds), 429);
  const check = await identity.users.checkPassword(username, password);
  if (check.kind === "right") {
    log.info({ userId: check.user.userId, address: request.ip }, "a person signed in");
    return { kind: "signedIn", user: check.user };
  }
  if (check.kind === "wait") return refuse(waitText(check.seconds), 429);
  identity.failedLogins.record(request.ip, username);
  // Not the name: people type passwords into that field.
  log.warn({ address: request.ip }, "a sign-in with name and password failed");
  return refuse("The name or the password is not right.", 400);
}
