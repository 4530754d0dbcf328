import type { FluxConfig } from "../custom-resources/flux-config.ts";

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
): Record<string, string> | undefined {
  const data = fields(spec, decodeAll(parameters), generatedKey);
  return Object.keys(data).length === 0 ? undefined : data;
}

function fields(
  spec: FluxConfig["spec"],
  parameters: Readonly<Record<string, string>>,
  generatedKey: { privateKey: string; publicKey: string } | undefined,
): Record<string, string> {
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

const decodeAll = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );

const pick = (object: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
