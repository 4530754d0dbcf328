import { type ConnectedCluster, type Extension, FluxConfiguration } from "@arcfleet/sdk";
import * as pulumi from "@pulumi/pulumi";

export interface Team {
  /** Also the name of its namespace. */
  readonly name: string;
  readonly repository: string;
  readonly branch: string;
  /** Where its applications are reached. */
  readonly domain: string;
}

export interface TenantArgs {
  readonly cluster: ConnectedCluster;
  readonly flux: Extension;
  /** What makes the namespaces and their rights. */
  readonly platform: FluxConfiguration;
  readonly team: Team;
}

/** One team on a shared cluster: it brings a repository, and can reach no further than its namespace. */
export class Tenant extends pulumi.ComponentResource {
  readonly apps: FluxConfiguration;

  constructor(name: string, { cluster, flux, platform, team }: TenantArgs, options?: pulumi.ComponentResourceOptions) {
    super("example:index:Tenant", name, {}, options);

    this.apps = new FluxConfiguration(
      name,
      {
        cluster,
        extension: flux,
        // Flux applies as a service account of this namespace: what the team's manifests ask for elsewhere is refused.
        scope: "namespace",
        namespace: team.name,
        gitRepository: {
          url: team.repository,
          repositoryRef: { branch: team.branch },
          // The team puts its own deploy key or token into this Secret: it passes neither through this program nor its state.
          localAuthRef: "git-credentials",
        },
        kustomizations: {
          base: { path: "./base", prune: true },
          apps: {
            path: "./apps",
            // Databases and queues first: an application that starts too early fails and starts again.
            dependsOn: ["base"],
            prune: true,
            postBuild: {
              substitute: { team: team.name, domain: team.domain, region: cluster.location },
              // Written by the platform team into the team's namespace. What stands above wins, and it may be missing.
              substituteFrom: [{ kind: "ConfigMap", name: "platform-settings", optional: true }],
            },
          },
        },
        // A team's broken commit is that team's business: the run of the platform team must not fail with it.
        waitForCompliance: false,
      },
      { parent: this, dependsOn: platform },
    );
    this.registerOutputs({ apps: this.apps });
  }
}
