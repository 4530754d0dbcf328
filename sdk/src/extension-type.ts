import * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import { withHints } from "./hints.ts";
import { packVersions } from "./pack-versions.ts";
import { groupName } from "./references.ts";
import type { ResourceGroup } from "./resource-group.ts";

/** One version of an extension type: a chart of the program's own, or one that the control plane has already. */
export type ExtensionTypeVersionArgs = PackedVersionArgs | KeptVersionArgs;

interface VersionArgs {
  /**
   * The trains that the version is on. Extensions that follow a train move to its newest version when this changes. Changing this
   * updates in place.
   * @default ["Stable"]
   * @example ["Preview"]
   */
  releaseTrains?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A version whose chart is there when the program runs. */
export interface PackedVersionArgs extends VersionArgs {
  /**
   * The Helm chart: its folder, or a `.tgz` of one. Its `Chart.yaml` must say the same version. The files count, not their times and
   * not where they lie: a changed file shows as a change of this version's `chartDigest`. Once an extension uses the version its
   * content is fixed: raise the version. A relative path begins where the program runs, at its `Pulumi.yaml`.
   * @example "./charts/podinfo"
   */
  chart: pulumi.Input<string>;
  chartDigest?: never;
}

/** A version that was registered before and stays, although its files are not at hand any more. */
export interface KeptVersionArgs extends VersionArgs {
  /**
   * The digest of the chart as the output `versions` of the type shows it. The control plane must have the chart for this type.
   * @example "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  chartDigest: pulumi.Input<string>;
  chart?: never;
}

export interface ExtensionTypeArgs extends AdoptArgs {
  /** The resource group of the record, which must exist: its name, or the resource. Changing this replaces the resource. */
  resourceGroup: pulumi.Input<string> | ResourceGroup;
  /**
   * The name by which extensions ask for the type: 1 to 63 lower-case letters and digits, with single dots or hyphens between them.
   * Taken once in a subscription; names that begin with `microsoft.` or `arcfleet.` are reserved. Changing this replaces the resource.
   * @default the name of the Pulumi resource
   * @example "contoso.podinfo"
   */
  name?: pulumi.Input<string>;
  /**
   * What the type is, for people. Changing this updates in place.
   * @default none
   */
  description?: pulumi.Input<string>;
  /**
   * Who answers for it, for people. Changing this updates in place.
   * @default none
   */
  publisher?: pulumi.Input<string>;
  /**
   * The namespace of releases whose extension names none. Changing this updates in place, and counts for extensions that are written
   * afterwards.
   * @default the name of the type, with hyphens for dots
   */
  defaultReleaseNamespace?: pulumi.Input<string>;
  /**
   * How extensions of the type may be installed. Changing this updates in place.
   * @default ["cluster"]
   */
  scopes?: pulumi.Input<pulumi.Input<"cluster" | "namespace">[]>;
  /**
   * What can be installed, by version, at most 100. Changing this updates in place. A version that extensions are pinned to cannot be
   * removed; those that follow a train are moved to what is left on it.
   * @example { "1.0.0": { chart: "./charts/podinfo", releaseTrains: ["Stable"] } }
   */
  versions: pulumi.Input<Record<string, pulumi.Input<ExtensionTypeVersionArgs>>>;
}

/**
 * A team's own Helm chart as an extension type, with versions and release trains. The chart is packed when the program runs, uploaded
 * when it is new to the control plane, and handed out to clusters that have an extension of the type.
 *
 * @example
 * const podinfo = new ExtensionType("contoso.podinfo", {
 *   resourceGroup: "catalogue",
 *   versions: {
 *     "1.0.0": { chart: "./charts/podinfo-1.0.0.tgz" },
 *     "1.1.0": { chart: "./charts/podinfo", releaseTrains: ["Preview"] },
 *   },
 * });
 * new Extension("podinfo", { cluster, extensionType: podinfo.extensionType });
 */
export class ExtensionType extends ArcfleetResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly resourceGroup: pulumi.Output<string>;
  /** The versions with the digests of their charts. */
  declare readonly versions: pulumi.Output<Record<string, { chartDigest: string; releaseTrains?: string[] }>>;
  declare readonly provisioningState: pulumi.Output<string>;
  /** What to give to an {@link Extension}: the name, known before the type is made. */
  readonly extensionType: pulumi.Output<string>;

  /** Looks up an extension type that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ExtensionType {
    return new ExtensionType(name, undefined, { ...options, id });
  }

  constructor(name: string, args: ExtensionTypeArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: ExtensionTypeArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    const packed = args && pulumi.output(args.versions).apply(packVersions);
    super(
      { key: "extensionType", outputs, secrets: [] },
      name,
      args && {
        ...args,
        resourceGroup: groupName(args.resourceGroup),
        versions: packed?.apply(({ versions }) => versions),
      },
      packed === undefined ? options : withHints(options, { charts: packed.apply(({ paths }) => paths) }),
    );
    this.extensionType = this.name;
  }
}

const outputs = ["name", "resourceGroup", "versions", "provisioningState"] as const;
