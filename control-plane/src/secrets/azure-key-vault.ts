import { z } from "zod";
import { KEY_BYTES } from "./aes.ts";
import { type KeyWrapper, kmsLimits } from "./key-wrapper.ts";

/** A key in Azure Key Vault or a managed HSM. The control plane is known there as what `@azure/identity` finds around it. */
export const AzureKeyVault = z.strictObject({
  kind: z.literal("azureKeyVault"),
  /** The key, `https://{vault}.vault.azure.net/keys/{name}`, with or without a version; without one the newest wraps. */
  keyUrl: z
    .url({ protocol: /^https$/ })
    .refine((url) => /^\/keys\/[^/]+(\/[^/]+)?\/?$/.test(new URL(url).pathname), "must end in /keys/{name}"),
  algorithm: z.enum(["RSA-OAEP-256", "RSA-OAEP", "A256KW"]).default("RSA-OAEP-256"),
  ...kmsLimits,
});

const API_VERSION = "7.4";
const Answer = z.object({ kid: z.url(), value: z.base64url() });
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Answers with an access token for the scope. */
export type GetToken = (scope: string) => Promise<string>;

/** Loaded when it is needed: nobody else pays for the library. */
async function defaultCredential(): Promise<GetToken> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  const credential = new DefaultAzureCredential();
  return async (scope) => (await credential.getToken(scope)).token;
}

export function azureKeyVault(
  { keyUrl, algorithm, timeoutMs }: Pick<z.infer<typeof AzureKeyVault>, "keyUrl" | "algorithm" | "timeoutMs">,
  getToken?: GetToken,
): KeyWrapper {
  const { origin, hostname, pathname } = new URL(keyUrl);
  const key = `${origin}/keys/${pathname.split("/")[2]}`;
  // `my.vault.azure.net` asks for tokens of `vault.azure.net`; sovereign clouds have other suffixes.
  const scope = `https://${hostname.split(".").slice(1).join(".")}/.default`;
  let tokens = getToken;

  const call = async (url: string, op: "wrapkey" | "unwrapkey", value: string): Promise<z.infer<typeof Answer>> => {
    tokens ??= await defaultCredential();
    const response = await fetch(`${url}/${op}?api-version=${API_VERSION}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await tokens(scope)}`, "content-type": "application/json" },
      body: JSON.stringify({ alg: algorithm, value }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new Error(`Key Vault ${origin} does not answer`, { cause });
    });
    const body: unknown = await response.json().catch(() => undefined);
    const answer = Answer.safeParse(body);
    if (response.ok && answer.success) return answer.data;
    const { data } = Refusal.safeParse(body);
    const why = data === undefined ? "" : `: ${data.error.code}: ${data.error.message}`;
    throw new Error(`Key Vault ${origin} answered ${op} of '${url}' with ${response.status}${why}`);
  };
  return {
    id: `azure:${key}`,
    async wrap(plain) {
      const { kid, value } = await call(keyUrl.replace(/\/$/, ""), "wrapkey", plain.toString("base64url"));
      // The version is kept: when the vault has rotated the key, what the old version wrapped still opens.
      return `${new URL(kid).pathname.split("/")[3] ?? ""}.${value}`;
    },
    async unwrap(wrapped) {
      const [version = "", value = ""] = wrapped.split(".");
      const plain = Buffer.from((await call(`${key}/${version}`, "unwrapkey", value)).value, "base64url");
      if (plain.length !== KEY_BYTES)
        throw new Error(`Key Vault ${origin} answered with ${plain.length} bytes, not 32`);
      return plain;
    },
  };
}
