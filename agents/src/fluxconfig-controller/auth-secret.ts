import type { FluxConfig } from "../custom-resources/flux-config.ts";
import { blobParameters, tlsParameters } from "../custom-resources/flux-parameters.ts";

/** Text, or a file as it is. */
export type SecretFields = Record<string, string | Buffer>;

/**
 * What the source's secret holds, in the keys that Flux reads, as text.
 * @param parameters the decoded protected parameters; their values are base64 once more, as ARM took them
 * @param generatedKey the key pair of this configuration, if one was made for it
 * @returns undefined when the source needs no secret of ours
 */
export function authSecretData(
  { spec }: Pick<FluxConfig, "spec">,
  parameters: Readonly<Record<string, string>>,
  generatedKey?: { privateKey: string; publicKey: string },
): SecretFields | undefined {
  if (spec.sourceKind === "AzureBlob") return orNone(blobFields(spec, parameters));
  return orNone(fields(spec, decodeAll(parameters), generatedKey));
}

/** What the source's own certificate, and the authority of its server, are given in: another Secret than that for signing in. */
export const tlsSecretData = (
  { spec }: Pick<FluxConfig, "spec">,
  parameters: Readonly<Record<string, string>>,
): SecretFields | undefined =>
  spec.sourceKind === "OCIRepository"
    ? orNone(
        pick(Object.fromEntries(Object.entries(tlsParameters).map(([file, name]) => [file, bytes(parameters[name])]))),
      )
    : undefined;

/** The keys that a signature must be of. */
export const verifySecretData = ({ spec }: Pick<FluxConfig, "spec">): SecretFields | undefined =>
  spec.sourceKind === "OCIRepository"
    ? orNone(
        pick(
          Object.fromEntries(
            Object.entries(spec.ociRepository?.verify?.verificationConfig ?? {}).map(([file, value]) => [
              file,
              bytes(value),
            ]),
          ),
        ),
      )
    : undefined;

const orNone = (data: SecretFields): SecretFields | undefined => (Object.keys(data).length === 0 ? undefined : data);

/** Flux's names for the ways to sign in to a storage account. */
function blobFields({ azureBlob }: FluxConfig["spec"], parameters: Readonly<Record<string, string>>): SecretFields {
  if (azureBlob === undefined || azureBlob.localAuthRef !== undefined) return {};
  const text = (name: string): string | undefined => decoded(parameters[name]);
  const { servicePrincipal, managedIdentityClientId } = azureBlob;
  if (servicePrincipal === undefined) {
    return pick({
      accountKey: text(blobParameters.accountKey),
      sasKey: text(blobParameters.sasToken),
      clientId: managedIdentityClientId,
    });
  }
  return pick({
    clientId: servicePrincipal.clientId,
    tenantId: servicePrincipal.tenantId,
    clientSecret: text(blobParameters.clientSecret),
    clientCertificate: bytes(parameters[blobParameters.clientCertificate]),
    clientCertificatePassword: text(blobParameters.clientCertificatePassword),
    clientCertificateSendChain: servicePrincipal.clientCertificateSendChain ? "true" : undefined,
  });
}

function fields(
  spec: FluxConfig["spec"],
  parameters: Readonly<Record<string, string>>,
  generatedKey: { privateKey: string; publicKey: string } | undefined,
): SecretFields {
  const { gitRepository, bucket } = spec;
  if (spec.sourceKind === "GitRepository" && gitRepository !== undefined) {
    if (gitRepository.localAuthRef !== undefined) return {};
    if (isSsh(gitRepository.url)) {
      const identity = parameters.sshPrivateKey ?? generatedKey?.privateKey;
      return pick({
        identity,
        "identity.pub": parameters.sshPrivateKey === undefined ? generatedKey?.publicKey : undefined,
        known_hosts: decoded(gitRepository.sshKnownHosts),
      });
    }
    return pick({
      username: parameters.httpsUser ?? gitRepository.httpsUser,
      password: parameters.httpsKey,
      "ca.crt": decoded(gitRepository.httpsCACert),
    });
  }
  if (spec.sourceKind === "Bucket" && bucket !== undefined && bucket.localAuthRef === undefined) {
    const secretkey = parameters.bucketSecretKey;
    return secretkey === undefined ? {} : pick({ accesskey: bucket.accessKey, secretkey });
  }
  return {};
}

export const isSsh = (url: string): boolean => url.startsWith("ssh://") || /^[^@/:]+@[^:/]+:/.test(url);

/** A configuration over ssh that brings no key gets one made, whose public half the user hands to the Git server. */
export const needsGeneratedKey = ({ spec }: Pick<FluxConfig, "spec">, parameters: Readonly<Record<string, string>>) =>
  spec.sourceKind === "GitRepository" &&
  spec.gitRepository !== undefined &&
  spec.gitRepository.localAuthRef === undefined &&
  isSsh(spec.gitRepository.url) &&
  parameters.sshPrivateKey === undefined;

const decoded = (base64: string | undefined): string | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");

const bytes = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, "base64");

const decodeAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );

const pick = (object: Readonly<Record<string, string | Buffer | undefined>>): SecretFields =>
  Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
