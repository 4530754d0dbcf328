import { z } from "zod";
import type { FoundSettings, SettingName } from "./fields.ts";

const text = z.string();

/** The ways to sign in, and what each needs. The names of the parts are those of the settings. */
export const CredentialSettings = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("clientSecret"), tenantId: text, clientId: text, clientSecret: text })
    .describe("a client secret"),
  z
    .object({
      kind: z.literal("clientCertificate"),
      tenantId: text,
      clientId: text,
      clientCertificatePath: text,
      clientCertificatePassword: text.optional(),
    })
    .describe("a client certificate"),
  z
    .object({ kind: z.literal("workloadIdentity"), tenantId: text, clientId: text, federatedTokenFile: text })
    .describe("a token of another issuer that the tenant trusts, such as a pod's"),
  z
    .object({ kind: z.literal("managedIdentity"), clientId: text.optional() })
    .describe("the identity of the Azure machine that Pulumi runs on; `clientId` chooses one of several"),
  z.object({ kind: z.literal("azureCli"), tenantId: text.optional() }).describe("whoever signed in with `az login`"),
  z
    .object({ kind: z.literal("default"), tenantId: text.optional(), clientId: text.optional() })
    .describe("the first that works of all that `DefaultAzureCredential` of `@azure/identity` tries"),
]);
export type CredentialSettings = z.infer<typeof CredentialSettings>;
export type CredentialKind = CredentialSettings["kind"];

export const credentialKinds = CredentialSettings.options.map((option) => option.shape.kind.value);

export const isCredentialKind = (name: string): name is CredentialKind =>
  credentialKinds.some((known) => known === name);

/** The settings that say by their presence which kind is meant, in the order of `EnvironmentCredential` of `@azure/identity`. */
const signs: readonly (readonly [SettingName, CredentialKind])[] = [
  ["clientSecret", "clientSecret"],
  ["clientCertificatePath", "clientCertificate"],
  ["federatedTokenFile", "workloadIdentity"],
];

/** The kind that the settings of one origin stand for; kinds without a secret of their own are chosen by name alone. */
export const recogniseKind = (found: FoundSettings): CredentialKind | undefined =>
  signs.find(([sign]) => found[sign] !== undefined)?.[1];
