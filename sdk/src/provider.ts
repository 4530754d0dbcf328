import { dynamicPackage, readConnectionFile, secretSettings, settingNames } from "@arcfleet/provider";
import type { StackConfig } from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";

/** The ways to sign in to a control plane. */
export type CredentialKind =
  | "clientSecret"
  | "clientCertificate"
  | "workloadIdentity"
  | "managedIdentity"
  | "azureCli"
  | "default";

/**
 * Which control plane, and who we are to it: a `connection` file, or the pieces. A piece wins over the file. Pieces about who we are
 * are taken from the environment variables of `@azure/identity` when neither has them; `ARCFLEET_…` variables and the configuration
 * of the stack are about the stack's own control plane and are not looked at.
 */
export interface ProviderArgs {
  /**
   * The path of a connection file, relative to the folder that the program runs in: the `connection.json` that `arcfleet serve`
   * wrote. Only the path is kept in the state, so no credential is; the file must be there for `pulumi destroy` too. Changing this
   * updates in place, unless the file names another subscription.
   * @default none
   */
  connection?: pulumi.Input<string>;
  /**
   * The URL of the control plane. Changing this updates in place: it is a new address of the same control plane.
   * @default that of the connection file
   */
  endpoint?: pulumi.Input<string>;
  /**
   * The URL of the service that issues tokens. Changing this updates in place.
   * @default the endpoint
   */
  authority?: pulumi.Input<string>;
  /**
   * The path of a PEM file with the private CA of the control plane. Changing this updates in place.
   * @default that of the connection file; without one, the public CAs
   */
  caFile?: pulumi.Input<string>;
  /**
   * The private CA of the control plane as PEM text, instead of `caFile`. Changing this updates in place.
   * @default none
   */
  caCertificate?: pulumi.Input<string>;
  /**
   * The subscription that records are made in. It is part of their ids: changing this replaces the provider and everything that was
   * made through it.
   * @default that of the connection file
   */
  subscriptionId?: pulumi.Input<string>;
  /**
   * The tenant of the identity. Changing this updates in place.
   * @default that of the connection file, or `AZURE_TENANT_ID`
   */
  tenantId?: pulumi.Input<string>;
  /**
   * How to sign in. Changing this updates in place.
   * @default what follows from the secret, certificate or token file that is given
   */
  credential?: pulumi.Input<CredentialKind>;
  /**
   * The client id of the identity. Changing this updates in place.
   * @default that of the connection file, or `AZURE_CLIENT_ID`
   */
  clientId?: pulumi.Input<string>;
  /**
   * The secret of the identity. Kept in the state, as a secret. Changing this updates in place.
   * @default that of the connection file, or `AZURE_CLIENT_SECRET`; neither is kept in the state
   */
  clientSecret?: pulumi.Input<string>;
  /**
   * The path of a PEM file with the certificate of the identity and its private key. Changing this updates in place.
   * @default `AZURE_CLIENT_CERTIFICATE_PATH`
   */
  clientCertificatePath?: pulumi.Input<string>;
  /**
   * The password of that private key. Kept in the state, as a secret. Changing this updates in place.
   * @default `AZURE_CLIENT_CERTIFICATE_PASSWORD`
   */
  clientCertificatePassword?: pulumi.Input<string>;
  /**
   * The path of a token of another issuer that stands for the identity. Changing this updates in place.
   * @default `AZURE_FEDERATED_TOKEN_FILE`
   */
  federatedTokenFile?: pulumi.Input<string>;
}

/**
 * A control plane beside the one that the stack's configuration names. Resources are made in it with `{ provider }`, components hand
 * it to their children with `{ providers: [provider] }`.
 *
 * @example
 * const eu = new Provider("eu", { connection: "./eu/connection.json" });
 * const us = new Provider("us", {
 *   endpoint: "https://arc.us.example.com",
 *   subscriptionId: "9b4e…",
 *   tenantId: "72f9…",
 *   clientId: "1950…",
 *   clientSecret: new Config().requireSecret("usClientSecret"),
 * });
 * new ConnectedCluster("paris", { resourceGroup: "fleet", location: "westeurope", kubeconfig }, { provider: eu });
 */
export class Provider extends pulumi.ProviderResource {
  readonly #inputs: Readonly<Record<string, unknown>>;

  /** @throws when no subscription is given and there is no connection file to read it from */
  constructor(name: string, args: ProviderArgs, options: pulumi.ResourceOptions = {}) {
    if (args.connection === undefined && args.subscriptionId === undefined) throw withoutSubscription(name);
    const inputs: Record<string, unknown> = {};
    for (const key of ["connection", ...settingNames] as const) {
      const value = args[key];
      if (value !== undefined) inputs[key] = secretSettings.has(key) ? pulumi.secret(value) : value;
    }
    // Said beside the file, because it tells the engine one control plane from another.
    inputs.subscriptionId ??= pulumi.output(args.connection).apply((path) => subscriptionOf(name, path));
    const providerOptions: pulumi.CustomResourceOptions = {
      ...options,
      replacementTrigger: inputs.subscriptionId,
      // What was made through the old one has to go while the old one is there.
      deleteBeforeReplace: true,
    };
    super(dynamicPackage, name, inputs, providerOptions);
    this.#inputs = inputs;
  }

  /**
   * What look-ups by this provider go by; they run in the program, where the provider itself does not.
   * @internal
   */
  lookupConfig(): pulumi.Output<StackConfig> {
    // Nothing of it is in what a look-up finds, so the result is no secret.
    return pulumi.unsecret(pulumi.output(this.#inputs)).apply((config): StackConfig => config);
  }
}

function subscriptionOf(name: string, connection: string | undefined): string {
  const found = connection && readConnectionFile(connection, `\`connection\` of the Provider ${name}`).subscriptionId;
  if (found) return found;
  throw withoutSubscription(name);
}

const withoutSubscription = (name: string): Error =>
  new Error(`The Provider ${name} needs a \`connection\` file that names a subscriptionId, or a \`subscriptionId\`.`);
