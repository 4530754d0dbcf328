import { z } from "zod";

export const principalName = {
  pattern: /^(?![0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  rule: "1 to 100 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit, and no GUID",
};

/** What a PUT of an application takes. */
export const PrincipalPut = z.object({
  properties: z
    .object({
      /** Where people who sign in through it may be sent back to: https, or http on the own machine. Compared exactly. */
      redirectUris: z.array(z.string().min(1).max(2048)).max(50).nullish(),
      /** It runs on people's machines and keeps no secret: it signs people in with PKCE or device codes. */
      isPublicClient: z.boolean().nullish(),
    })
    .nullish(),
});
export type PrincipalPut = z.infer<typeof PrincipalPut>;

/** An application: what a pipeline or a tool is to the control plane. */
export const DirectoryPrincipal = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  properties: z.object({
    /** `client_id`. */
    appId: z.string(),
    /** What roles are assigned to. */
    principalId: z.string(),
    redirectUris: z.array(z.string()),
    isPublicClient: z.boolean(),
    createdTime: z.string(),
  }),
});
export type DirectoryPrincipal = z.infer<typeof DirectoryPrincipal>;

const description = z.string().max(200).nullish();

/** One more way for an application to prove itself. */
export const NewPrincipalCredential = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("secret"),
    description,
    /** Default: 365. */
    expiresInDays: z.int().min(1).max(730).nullish(),
  }),
  z.object({
    kind: z.literal("certificate"),
    description,
    /** PEM; the credential ends with it. */
    certificate: z.string().min(1).max(65_536),
  }),
  z.object({
    kind: z.literal("federated"),
    description,
    /** The `iss` of the tokens, exactly: https. */
    issuer: z.string().min(1).max(600),
    /** Their `sub`, exactly. */
    subject: z.string().min(1).max(600),
    /** Their `aud`. Default: `api://AzureADTokenExchange`. */
    audience: z.string().min(1).max(600).nullish(),
    /** PEM of the authority that signed the issuer's server certificate, when it is not a public one. */
    caPem: z.string().max(65_536).nullish(),
    /** The issuer's public keys, when it cannot be reached from the control plane. */
    jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(20) }).nullish(),
  }),
]);
export type NewPrincipalCredential = z.infer<typeof NewPrincipalCredential>;

/** A credential without what is secret in it. */
export const PrincipalCredential = z.object({
  id: z.string(),
  kind: z.enum(["secret", "certificate", "federated"]),
  description: z.string().nullable(),
  createdTime: z.string(),
  expiresTime: z.string().nullable(),
  /** SHA-256 of a certificate, hex. */
  thumbprint: z.string().optional(),
  issuer: z.string().optional(),
  subject: z.string().optional(),
  audience: z.string().optional(),
  /** Only in the answer that made it, once. */
  secret: z.string().optional(),
});
export type PrincipalCredential = z.infer<typeof PrincipalCredential>;
