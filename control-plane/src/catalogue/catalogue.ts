/**
 * What can be installed and comes with the control plane: the charts of the agents and of the bundled extension types. Read once, at
 * the start. What users register is in the database: extension-types.ts looks at both.
 */
import { agentNames, type DesiredKind } from "@arcfleet/contract";
import type { ChartArchive } from "@arcfleet/helm/chart";
import { rcompare } from "semver";
import { DomainError } from "../errors.ts";
import { ChartAnnotations } from "./chart-annotations.ts";
import { type ExtensionTypeEntry, isOnTrain } from "./extension-type-entry.ts";
import { loadCharts } from "./load-charts.ts";

/** Where to pull a chart, and how to know that it is the right one. */
export interface ChartReference {
  readonly url: string;
  readonly version: string;
  /** `sha256:` and the hex hash of the chart archive. */
  readonly digest: string;
}

export interface Catalogue {
  /** The bundled extension types, by name. */
  readonly extensionTypes: readonly ExtensionTypeEntry[];
  /** A bundled extension type; its name in any case. */
  findExtensionType(name: string): ExtensionTypeEntry | undefined;
  /** What identities of an extension type may see on the data plane; nothing for any but a bundled type. */
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

/** A chart with what its annotations say. */
interface BundledChart {
  readonly chart: ChartArchive;
  readonly annotations: ChartAnnotations;
  readonly version: string;
  readonly releaseTrains: readonly string[];
}

export async function openCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  const charts = await loadCharts(options.chartDirs, options.dataChartDir);
  return createCatalogue(charts, new URL(options.publicUrl).host);
}

/** A catalogue of given charts that are pulled from `registryHost`. */
function createCatalogue(given: readonly ChartArchive[], registryHost: string): Catalogue {
  const charts = given.map(readAnnotations).sort((a, b) => rcompare(a.version, b.version));
  const toReference = ({ chart: { metadata, digest } }: BundledChart): ChartReference => ({
    url: `oci://${registryHost}/charts/${metadata.name}`,
    version: metadata.version,
    digest,
  });
  const types = new Map(
    [...Map.groupBy(charts, ({ annotations }) => annotations["arcfleet.dev/extension-type"]?.toLowerCase())].flatMap(
      ([key, versions]) => (key === undefined ? [] : [[key, toType(versions, toReference)] as const]),
    ),
  );

  return {
    extensionTypes: [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    findExtensionType: (name) => types.get(name.toLowerCase()),
    dataPlaneKinds: (extensionType) =>
      charts.find(
        ({ annotations }) => annotations["arcfleet.dev/extension-type"]?.toLowerCase() === extensionType.toLowerCase(),
      )?.annotations["arcfleet.dev/data-plane-kinds"] ?? [],
    versions: (name) => charts.flatMap(({ chart }) => (chart.metadata.name === name ? [chart] : [])),
    agentChart: (query) => toReference(findAgentChart(charts, query)),
  };
}

function readAnnotations(chart: ChartArchive): BundledChart {
  const parsed = ChartAnnotations.safeParse(chart.metadata.annotations);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
    throw new Error(`The annotations in Chart.yaml of ${chart.origin} cannot be used: ${problems}`);
  }
  const releaseTrains = parsed.data["arcfleet.dev/release-trains"].map((train) => train.toLowerCase());
  return { chart, annotations: parsed.data, version: chart.metadata.version, releaseTrains };
}

/** @param versions of one type, newest first; what holds for the type is what the newest says */
function toType(
  versions: readonly BundledChart[],
  toReference: (chart: BundledChart) => ChartReference,
): ExtensionTypeEntry {
  const [newest] = versions;
  if (newest === undefined) throw new TypeError("an extension type without a chart");
  const { annotations, chart } = newest;
  const { description } = chart.metadata;
  return {
    name: annotations["arcfleet.dev/extension-type"] ?? chart.metadata.name,
    ...(typeof description === "string" ? { description } : {}),
    publisher: "arcfleet",
    defaultReleaseNamespace: annotations["arcfleet.dev/release-namespace"] ?? chart.metadata.name,
    scopes: annotations["arcfleet.dev/scopes"],
    versions: versions.map((each) => ({
      version: each.version,
      releaseTrains: each.releaseTrains,
      chart: toReference(each),
    })),
  };
}

function findAgentChart(
  charts: readonly BundledChart[],
  { version, releaseTrain }: { readonly version?: string | undefined; readonly releaseTrain: string },
): BundledChart {
  const known = charts.filter(({ chart }) => chart.metadata.name === agentNames.chart);
  const found = known.find((each) =>
    version === undefined ? isOnTrain(each, releaseTrain) : each.version === version,
  );
  if (found !== undefined) return found;
  if (known.length === 0) {
    throw new DomainError(
      "ServiceUnavailable",
      `This control plane carries no chart '${agentNames.chart}': start it with the folder of the agents' chart (--charts) or put the packed chart into the charts folder of its data.`,
    );
  }
  const available = known.map((each) => `${each.version} (${each.releaseTrains.join(", ")})`).join("; ");
  throw new DomainError(
    "ValidationFailed",
    `There is no ${version === undefined ? `version of the agents on release train '${releaseTrain}'` : `version '${version}' of the agents`}. Available: ${available}.`,
    { target: "properties.arcAgentProfile.desiredAgentVersion" },
  );
}
