/**
 * What is protected besides `configurationProtectedSettings` travels in the same Secret, under the path that it has in ARM. Like
 * those, each value is base64.
 */
export const blobParameters = {
  accountKey: "azureBlob.accountKey",
  sasToken: "azureBlob.sasToken",
  clientSecret: "azureBlob.servicePrincipal.clientSecret",
  clientCertificate: "azureBlob.servicePrincipal.clientCertificate",
  clientCertificatePassword: "azureBlob.servicePrincipal.clientCertificatePassword",
} as const;

export const tlsParameters = {
  "ca.crt": "ociRepository.tlsConfig.caCertificate",
  "tls.crt": "ociRepository.tlsConfig.clientCertificate",
  "tls.key": "ociRepository.tlsConfig.privateKey",
} as const;
