// Declares clusters in two control planes: `eu` is known from its connection file, `us` piece by piece.
import { ConnectedCluster, Provider, type ProviderArgs } from "@arcfleet/sdk";
import { ComponentResource, type ComponentResourceOptions, Config, type CustomResourceOptions } from "@pulumi/pulumi";

const config = new Config();
const providers = {
  eu: new Provider("eu", { connection: config.require("euConnection") }),
  us: new Provider("us", {
    ...config.requireObject<ProviderArgs>("us"),
    clientSecret: config.requireSecret("usClientSecret"),
  }),
};

const record = (name: string, options: CustomResourceOptions) =>
  new ConnectedCluster(name, { resourceGroup: "fleet", location: "westeurope", agents: { install: false } }, options);

/** Hands its provider to its children, as any component does. */
class Country extends ComponentResource {
  constructor(name: string, options: ComponentResourceOptions) {
    super("test:index:Country", name, {}, options);
    record("boston", { parent: this });
  }
}

record("paris", { provider: providers.eu });
new Country("america", { providers: [providers.us] });
record("nomad", { provider: config.require("nomad") === "us" ? providers.us : providers.eu });
