import type { TokenCredential } from "@azure/identity";
import type { CredentialSettings, Settings } from "../settings/index.ts";

/**
 * The class of `@azure/identity` for a kind of credential. The library is loaded at the first token only: a preview needs none.
 * @param ca PEM of a private CA; the library's own requests need it too
 */
export async function makeCredential(settings: Settings, ca: string | undefined): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const { credential, authority } = settings;
  const options = {
    authorityHost: authority,
    // Any authority but Microsoft's is unknown to the public instance list, which may not even be reachable from here.
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 4, retryDelayInMs: 250 },
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  };
  switch (credential.kind) {
    case "clientSecret":
      return new identity.ClientSecretCredential(
        credential.tenantId,
        credential.clientId,
        credential.clientSecret,
        options,
      );
    case "clientCertificate":
      return new identity.ClientCertificateCredential(
        credential.tenantId,
        credential.clientId,
        {
          certificatePath: credential.clientCertificatePath,
          ...(credential.clientCertificatePassword === undefined
            ? {}
            : { certificatePassword: credential.clientCertificatePassword }),
        },
        options,
      );
    case "workloadIdentity":
      return new identity.WorkloadIdentityCredential({
        ...options,
        tenantId: credential.tenantId,
        clientId: credential.clientId,
        tokenFilePath: credential.federatedTokenFile,
      });
    case "managedIdentity":
      return new identity.ManagedIdentityCredential({
        ...options,
        ...(credential.clientId === undefined ? {} : { clientId: credential.clientId }),
      });
    case "azureCli":
      return new identity.AzureCliCredential(
        credential.tenantId === undefined ? {} : { tenantId: credential.tenantId },
      );
    case "default":
      return new identity.DefaultAzureCredential({
        ...options,
        ...(credential.tenantId === undefined ? {} : { tenantId: credential.tenantId }),
        ...(credential.clientId === undefined ? {} : { managedIdentityClientId: credential.clientId }),
      });
  }
}

/** Whether the token is bought at the authority, so that an authority which does not answer explains a failure. */
export const asksAuthority = ({ kind }: CredentialSettings): boolean =>
  kind === "clientSecret" || kind === "clientCertificate" || kind === "workloadIdentity";

const hints: Readonly<Record<CredentialSettings["kind"], string>> = {
  clientSecret: "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or the file ARCFLEET_CONNECTION).",
  clientCertificate:
    "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the file AZURE_CLIENT_CERTIFICATE_PATH, which holds the certificate and its private key.",
  workloadIdentity:
    "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the file AZURE_FEDERATED_TOKEN_FILE; the tenant must trust that token's issuer.",
  managedIdentity: "It works only on an Azure machine with a managed identity; AZURE_CLIENT_ID chooses one of several.",
  azureCli: "Sign in with `az login`.",
  default: "Name the kind of credential with ARCFLEET_CREDENTIAL to hear what is wrong with that one.",
};

/** What to look at when signing in failed. */
export const signInHint = ({ kind }: CredentialSettings): string => hints[kind];
