/** One piece of what the provider is told about the control plane and about who we are to it. */
export interface SettingField {
  /** The environment variable; those beginning with AZURE_ are the ones of `@azure/identity`. */
  readonly variable: string;
  readonly meaning: string;
  /** It is encrypted wherever Pulumi keeps it. */
  readonly isSecret?: true;
}

/**
 * Every setting, by its name in the configuration of a stack (`arcfleet:<name>`), in a connection file and among the arguments of an
 * explicit provider. The table of docs/reference/settings.md is made of it.
 */
export const settingFields = {
  endpoint: { variable: "ARCFLEET_ENDPOINT", meaning: "URL of the control plane" },
  authority: {
    variable: "AZURE_AUTHORITY_HOST",
    meaning: "URL of the service that issues tokens; the endpoint unless given",
  },
  caFile: {
    variable: "ARCFLEET_CA_FILE",
    meaning:
      "path of a PEM file with the private CA of the control plane; none when a public CA signed its certificate",
  },
  caCertificate: { variable: "ARCFLEET_CA_CERTIFICATE", meaning: "the same as PEM text, instead of `caFile`" },
  tenantId: { variable: "AZURE_TENANT_ID", meaning: "tenant that the identity belongs to" },
  subscriptionId: { variable: "ARCFLEET_SUBSCRIPTION_ID", meaning: "subscription that new records are made in" },
  credential: {
    variable: "ARCFLEET_CREDENTIAL",
    meaning: "kind of credential; follows from which of the pieces below is given, unless set",
  },
  clientId: { variable: "AZURE_CLIENT_ID", meaning: "client id of the identity" },
  clientSecret: { variable: "AZURE_CLIENT_SECRET", meaning: "secret of the identity", isSecret: true },
  clientCertificatePath: {
    variable: "AZURE_CLIENT_CERTIFICATE_PATH",
    meaning: "path of a PEM file with the certificate of the identity and its private key",
  },
  clientCertificatePassword: {
    variable: "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    meaning: "password of that private key; none when it is not encrypted",
    isSecret: true,
  },
  federatedTokenFile: {
    variable: "AZURE_FEDERATED_TOKEN_FILE",
    meaning: "path of a token of another issuer that stands for the identity, such as a pod's",
  },
} as const satisfies Readonly<Record<string, SettingField>>;

/** Settings of the process: about the machine or the run, so of the environment alone. */
export const processSettings = {
  helmProgram: { variable: "ARCFLEET_HELM", meaning: "the helm program; `helm` on PATH unless given" },
  cacheDir: {
    variable: "ARCFLEET_CACHE",
    meaning: "folder where charts are kept between runs; `~/.cache/arcfleet` unless given",
  },
  forceDetach: {
    variable: "ARCFLEET_FORCE_DETACH",
    meaning: "`1`: remove the record of a cluster that cannot be reached, and leave its agents where they are",
  },
} as const satisfies Readonly<Record<string, SettingField>>;

export type SettingName = keyof typeof settingFields;

const table: Readonly<Record<SettingName, SettingField>> = settingFields;

export const settingNames = Object.keys(settingFields) as SettingName[];

/** Settings that are encrypted wherever Pulumi keeps them. */
export const secretSettings: ReadonlySet<string> = new Set(settingNames.filter((name) => table[name].isSecret));

/** What was found out about each setting. */
export type FoundSettings = Partial<Record<SettingName, string>>;
