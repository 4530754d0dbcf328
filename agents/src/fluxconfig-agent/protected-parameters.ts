import type { FluxConfigurationProperties } from "@arcfleet/contract";
import { blobParameters, tlsParameters } from "../custom-resources/flux-parameters.ts";

/** Everything of a configuration that is protected, by the name under which the controller looks for it. */
export function protectedParameters(spec: FluxConfigurationProperties): Readonly<Record<string, string>> {
  const { servicePrincipal, accountKey, sasToken } = spec.azureBlob ?? {};
  const { caCertificate, clientCertificate, privateKey } = spec.ociRepository?.tlsConfig ?? {};
  const single = {
    [blobParameters.accountKey]: base64(accountKey),
    [blobParameters.sasToken]: base64(sasToken),
    [blobParameters.clientSecret]: base64(servicePrincipal?.clientSecret),
    [blobParameters.clientCertificatePassword]: base64(servicePrincipal?.clientCertificatePassword),
    // Files are base64 in ARM already.
    [blobParameters.clientCertificate]: servicePrincipal?.clientCertificate,
    [tlsParameters["ca.crt"]]: caCertificate,
    [tlsParameters["tls.crt"]]: clientCertificate,
    [tlsParameters["tls.key"]]: privateKey,
  };
  const given = Object.entries(single).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...spec.configurationProtectedSettings, ...Object.fromEntries(given) };
}

const base64 = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text).toString("base64");
