/**
 * What can be installed: the charts that this control plane carries, of the agents and of extension types. Read once, at the start.
 */
import { agentNames, type DesiredKind } from "@arcfleet/contract";
import { rcompare } from "semver";
import { DomainError } from "../errors.ts";
import { loadCharts } from "./load-charts.ts";
import type { ChartArchive } from "./pack-chart.ts";

/** Where to pull a chart, and how to know that it is the right one. */
export interface ChartReference {
  readonly url: string;
  readonly version: string;
  /** `sha256:` and the hex hash of the chart archive. */
  readonly digest: string;
}

export interface ExtensionQuery {
  readonly extensionType: string;
  /** Absent: the newest of the train. */
  readonly version?: string | undefined;
  readonly releaseTrain: string;
}

export interface CatalogueExtension {
  /** As the catalogue spells it. */
  readonly extensionType: string;
  readonly version: string;
  readonly chart: ChartReference;
  readonly releaseTrains: readonly string[];
  readonly defaultReleaseNamespace: string;
  readonly scopes: readonly ("cluster" | "namespace")[];
  readonly dataPlaneKinds: readonly DesiredKind[];
}

export interface Catalogue {
  /** @throws DomainError ExtensionTypeNotFound, ExtensionVersionNotFound; the message lists what exists. */
  resolveExtension(query: ExtensionQuery): CatalogueExtension;
  /** What identities of an extension type may see on the data plane; nothing for an unknown type. */
  dataPlaneKinds(extensionType: string): readonly DesiredKind[];
  /** The agents' chart in this version, or the newest of the train. @throws DomainError naming the versions that exist. */
  agentChart(query: { readonly version?: string | undefined; readonly releaseTrain: string }): ChartReference;
  /** All versions of a chart, newest first, for the registry. */
  versions(chartName: string): readonly ChartArchive[];
}

export interface CatalogueOptions {
  readonly chartDirs: readonly string[];
  /** A folder for further charts, which need not exist. */
  readonly dataChartDir: string;
  readonly publicUrl: string;
}

const typeOf = ({ metadata }: ChartArchive): string | undefined => metadata.annotations["arcfleet.dev/extension-type"];

export async function openCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  const charts = (await loadCharts(options.chartDirs, options.dataChartDir)).sort((a, b) =>
    rcompare(a.metadata.version, b.metadata.version),
  );
  return createCatalogue(charts, new URL(options.publicUrl).host);
}

/** A catalogue of given charts, newest first, that are pulled from `registryHost`. */
export function createCatalogue(charts: readonly ChartArchive[], registryHost: string): Catalogue {
  const versions = (name: string): ChartArchive[] => charts.filter(({ metadata }) => metadata.name === name);
  const ofType = (extensionType: string): ChartArchive[] =>
    charts.filter((chart) => typeOf(chart)?.toLowerCase() === extensionType.toLowerCase());
  const toReference = ({ metadata, digest }: ChartArchive): ChartReference => ({
    url: `oci://${registryHost}/charts/${metadata.name}`,
    version: metadata.version,
    digest,
  });

  return {
    versions,
    resolveExtension({ extensionType, version, releaseTrain }) {
      const known = ofType(extensionType);
      if (known.length === 0) throw unknownType(extensionType, charts);
      const onTrain = known.filter((chart) => isOnTrain(chart, releaseTrain));
      const chart = version === undefined ? onTrain[0] : onTrain.find(({ metadata }) => metadata.version === version);
      if (chart === undefined) throw unknownVersion({ extensionType, version, releaseTrain }, known);
      const { annotations } = chart.metadata;
      return {
        extensionType: typeOf(chart) ?? extensionType,
        version: chart.metadata.version,
        chart: toReference(chart),
        releaseTrains: trainsOf(chart),
        defaultReleaseNamespace: annotations["arcfleet.dev/release-namespace"] ?? chart.metadata.name,
        scopes: annotations["arcfleet.dev/scopes"],
        dataPlaneKinds: annotations["arcfleet.dev/data-plane-kinds"],
      };
    },
    dataPlaneKinds: (extensionType) =>
      ofType(extensionType)[0]?.metadata.annotations["arcfleet.dev/data-plane-kinds"] ?? [],
    agentChart({ version, releaseTrain }) {
      const known = versions(agentNames.chart);
      const chart = known.find((each) =>
        version === undefined ? isOnTrain(each, releaseTrain) : each.metadata.version === version,
      );
      if (chart !== undefined) return toReference(chart);
      if (known.length === 0) {
        throw new DomainError(
          "ServiceUnavailable",
          `This control plane carries no chart '${agentNames.chart}': start it with the folder of the agents' chart (--charts) or put the packed chart into the charts folder of its data.`,
        );
      }
      throw new DomainError(
        "ValidationFailed",
        `There is no ${version === undefined ? `version of the agents on release train '${releaseTrain}'` : `version '${version}' of the agents`}. Available: ${listVersions(known)}.`,
        { target: "properties.arcAgentProfile.desiredAgentVersion" },
      );
    },
  };
}

const trainsOf = ({ metadata }: ChartArchive): string[] =>
  metadata.annotations["arcfleet.dev/release-trains"].map((train) => train.toLowerCase());

const isOnTrain = (chart: ChartArchive, train: string): boolean => trainsOf(chart).includes(train.toLowerCase());

const listVersions = (charts: readonly ChartArchive[]): string =>
  charts.map((chart) => `${chart.metadata.version} (${trainsOf(chart).join(", ")})`).join("; ");

function unknownType(extensionType: string, charts: readonly ChartArchive[]): DomainError {
  const types = [...new Set(charts.map(typeOf).filter((type) => type !== undefined))].sort().join(", ");
  return new DomainError(
    "ExtensionTypeNotFound",
    `There is no extension type '${extensionType}'. Available: ${types === "" ? "none" : types}.`,
    { target: "properties.extensionType" },
  );
}

function unknownVersion(query: ExtensionQuery, known: readonly ChartArchive[]): DomainError {
  const wanted = query.version === undefined ? "no version" : `no version '${query.version}'`;
  return new DomainError(
    "ExtensionVersionNotFound",
    `Extension type '${query.extensionType}' has ${wanted} on release train '${query.releaseTrain}'. Available: ${listVersions(known)}.`,
    { target: query.version === undefined ? "properties.releaseTrain" : "properties.version" },
  );
}
