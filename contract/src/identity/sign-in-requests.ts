import { z } from "zod";

/** The form of a token request. Clients send many more fields; they mean nothing here. */
export const TokenForm = z.object({
  grant_type: z.string().max(100),
  client_id: z.string().min(1).max(200),
  scope: z.string().min(1).max(4096).optional().describe("One resource followed by `/.default`."),
  client_secret: z.string().min(1).max(1024).optional(),
  client_assertion: z.string().min(1).max(65_536).optional(),
  client_assertion_type: z.string().max(200).optional(),
  code: z.string().min(1).max(4096).optional(),
  redirect_uri: z.string().min(1).max(2048).optional(),
  code_verifier: z
    .string()
    .regex(/^[\w.~-]{43,128}$/)
    .optional(),
  refresh_token: z.string().min(1).max(4096).optional(),
  device_code: z.string().min(1).max(4096).optional(),
});
export type TokenForm = z.infer<typeof TokenForm>;

/** The query by which a program sends a person's browser to sign in. */
export const AuthorizeQuery = z.object({
  client_id: z.string().min(1).max(200),
  redirect_uri: z.string().min(1).max(2048),
  response_type: z.literal("code"),
  response_mode: z.enum(["query", "fragment", "form_post"]).optional(),
  scope: z.string().min(1).max(4096),
  state: z.string().max(8192).optional(),
  nonce: z.string().max(1024).optional(),
  code_challenge: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  code_challenge_method: z.literal("S256").optional(),
  prompt: z.string().max(100).optional(),
  login_hint: z.string().max(320).optional(),
});
