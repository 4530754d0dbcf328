import type { FluxConfig } from "../custom-resources/flux-config.ts";
import { type KubeClient, readSecret, secretData, secrets } from "../runtime/index.ts";
import type { ApplyChanged } from "./apply-changed.ts";
import {
  authSecretData,
  needsGeneratedKey,
  type SecretFields,
  tlsSecretData,
  verifySecretData,
} from "./auth-secret.ts";
import { authSecretName, labelsOf, ownedBy, tlsSecretName, verifySecretName } from "./names.ts";
import { makeSshKeyPair } from "./ssh-key-pair.ts";

export interface Auth {
  /** Whether the source is to refer to a secret of ours. */
  readonly hasSecret: boolean;
  /** The same for its TLS, and for the keys of signatures. */
  readonly hasTlsSecret: boolean;
  readonly hasVerifySecret: boolean;
  /** The public half of the key that was made for the configuration. */
  readonly publicKey: string | undefined;
}

/** Writes the source's secrets, or takes away those that are not needed any more. Undefined: the parameters are not there yet. */
export async function ensureAuth(
  config: FluxConfig,
  { kube, objects, signal }: { kube: KubeClient; objects: ApplyChanged; signal: AbortSignal },
): Promise<Auth | undefined> {
  const parameters = await readParameters(config, kube, signal);
  if (parameters === undefined) return undefined;
  const { name, namespace } = config.metadata;
  const ensure = async (secretName: string, data: SecretFields | undefined): Promise<boolean> => {
    const ref = { name: secretName, namespace };
    if (data === undefined) {
      await objects.remove(secrets, ref, signal);
      return false;
    }
    const metadata = { ...ref, labels: labelsOf(config), ownerReferences: ownedBy(config) };
    await objects.apply(secrets, { metadata, type: "Opaque", data: secretData(data) }, { signal });
    return true;
  };
  const key = needsGeneratedKey(config, parameters) ? await keyOf(config, kube, signal) : undefined;
  const data = authSecretData(config, parameters, key);
  const [hasSecret, hasTlsSecret, hasVerifySecret] = await Promise.all([
    ensure(authSecretName(name), data),
    ensure(tlsSecretName(name), tlsSecretData(config, parameters)),
    ensure(verifySecretName(name), verifySecretData(config)),
  ]);
  return { hasSecret, hasTlsSecret, hasVerifySecret, publicKey: hasSecret ? key?.publicKey : undefined };
}

async function readParameters(
  { spec, metadata }: FluxConfig,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<Record<string, string> | undefined> {
  const name = spec.protectedParametersSecretRef?.name;
  if (name === undefined) return {};
  const secret = await kube.get(secrets, { name, namespace: metadata.namespace }, { signal });
  if (secret === undefined) return undefined;
  return Object.fromEntries(Object.keys(secret.data ?? {}).map((field) => [field, readSecret(secret, field) ?? ""]));
}

/** The key pair lives as long as the configuration: the Git server was told of it. */
async function keyOf({ metadata }: FluxConfig, kube: KubeClient, signal: AbortSignal) {
  const secret = await kube.get(
    secrets,
    { name: authSecretName(metadata.name), namespace: metadata.namespace },
    { signal },
  );
  const privateKey = readSecret(secret, "identity");
  const publicKey = readSecret(secret, "identity.pub");
  if (privateKey !== undefined && publicKey !== undefined) return { privateKey, publicKey };
  return makeSshKeyPair(`${metadata.namespace}/${metadata.name}`);
}
