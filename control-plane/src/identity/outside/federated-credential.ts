import type { JSONWebKeySet } from "jose";
import { z } from "zod";

/** The audience that clients of workload identity ask their issuer for. */
export const tokenExchangeAudience = "api://AzureADTokenExchange";

const Jwks: z.ZodType<JSONWebKeySet> = z.object({
  keys: z
    .array(z.looseObject({ kty: z.enum(["RSA", "EC", "OKP"]), kid: z.string().optional() }))
    .min(1)
    .refine((keys) => keys.every((key) => !("d" in key)), "holds a private key"),
});

/** What an application's tokens of an outside issuer must say: all three are compared exactly. */
export const FederatedCredential = z.object({
  issuer: z.url({ protocol: /^https$/ }).max(600),
  subject: z.string().min(1).max(600),
  audience: z.string().min(1).max(600).default(tokenExchangeAudience),
  /** PEM of the authority that signed the issuer's server certificate, when it is not a public one. */
  caPem: z.string().max(65_536).optional(),
  /** The issuer's keys, when it cannot be reached from the control plane. */
  jwks: Jwks.optional(),
});
export type FederatedCredential = z.infer<typeof FederatedCredential>;

export const parseFederatedCredential = (text: string): FederatedCredential =>
  FederatedCredential.parse(JSON.parse(text));
