import { readFile } from "node:fs/promises";
import { z } from "zod";
import { FederatedCredential } from "./federated-credential.ts";
import type { TrustedKeys } from "./issuer-keys.ts";

/** An issuer outside whose access tokens are accepted as they are. What their holders may do is still only what they were granted. */
export const TrustedIssuer = z.strictObject({
  /** The `iss` of its tokens, exactly; its OpenID document is looked for below it. */
  issuer: z.url({ protocol: /^https$/ }),
  /** The `aud` that its tokens must have: one of these, exactly. */
  audiences: z.array(z.string().min(1)).min(1),
  /** PEM file of the authority that signed its server's certificate, beside the public ones. */
  caFile: z.string().min(1).optional(),
  /** File with its keys, when it cannot be reached from here. */
  jwksFile: z.string().min(1).optional(),
  /** What those who come with its tokens are. */
  kind: z.enum(["User", "Application"]).default("User"),
  /** The claims that say who somebody is. */
  claims: z
    .strictObject({
      /** Never changes and is never given to anybody else. */
      id: z.string().min(1).default("sub"),
      /** Shown to people. */
      name: z.string().min(1).default("preferred_username"),
      /** A list of groups; absent: groups do not count. */
      groups: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Claims that a token must have with exactly these values, such as the tenant or the domain. */
  required: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).default({}),
});
export type TrustedIssuer = z.output<typeof TrustedIssuer>;

export interface OpenTrustedIssuer extends TrustedIssuer {
  readonly keys: TrustedKeys;
}

/** Reads the files that the settings name. */
export async function openTrustedIssuer(settings: TrustedIssuer): Promise<OpenTrustedIssuer> {
  const { issuer, caFile, jwksFile } = settings;
  const read = (path: string): Promise<string> =>
    readFile(path, "utf8").catch((cause: unknown) => {
      throw new Error(`The file ${path} of the trusted issuer ${issuer} cannot be read`, { cause });
    });
  const caPem = caFile === undefined ? undefined : await read(caFile);
  const jwks =
    jwksFile === undefined ? undefined : FederatedCredential.shape.jwks.parse(JSON.parse(await read(jwksFile)));
  return { ...settings, keys: { issuer, caPem, jwks } };
}
