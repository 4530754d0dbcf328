import {
  type DesiredItem,
  type DesiredKind,
  type DesiredState,
  ExtensionProperties,
  extension,
  FluxConfigurationProperties,
  fluxConfiguration,
  fullType,
  type ResourceDefinition,
  SourceControlConfigurationProperties,
  sourceControlConfiguration,
} from "@arcfleet/contract";
import type { ResourceRow } from "../db/resources.ts";
import { selectResources } from "../db/resources.ts";
import type { Store } from "../db/store.ts";
import { readJsonColumn } from "../json.ts";
import { openSecrets } from "../operations/sealed-secrets.ts";
import { joinSecrets } from "../operations/secret-values.ts";
import { followsUpgrades, ResolvedExtension } from "../resources/extension.ts";
import { hasChildLike, predecessorsOf } from "../resources/moved-clusters.ts";
import type { Services } from "../services.ts";
import { deliveredAs } from "./delivered-as.ts";
import { toFluxConfiguration } from "./legacy-flux.ts";

/**
 * What the agents of a cluster are to bring about: the items of `kinds` that changed after generation `since`, secrets included.
 * The generation is read first: an item that changes meanwhile is delivered now and once more, never missed.
 */
export async function loadDesired(
  services: Services,
  clusterKey: string,
  kinds: readonly DesiredKind[],
  since: number,
): Promise<DesiredState> {
  const generation = await services.generations.current(clusterKey);
  if (kinds.length === 0) return { generation, items: [] };
  const types = kinds.flatMap((kind) => deliveredAs[kind].map((definition) => fullType(definition).toLowerCase()));
  const changed = selectResources(services.store.read)
    .where("resources.generation", ">", since)
    .where("resources.type", "in", types)
    .orderBy("resources.generation");
  const [own, inherited] = await Promise.all([
    changed.where("resources.parent_key", "=", clusterKey).execute(),
    selectInheritedDeletions(services.store.read, clusterKey, changed),
  ]);
  const rows = [...own, ...inherited];
  const items = await Promise.all(rows.map((row) => toItem.get(row.type)?.(services, row)));
  return { generation, items: items.filter((item) => item !== undefined) };
}

/** After a move: what the old record was to remove and the new one does not have. It is still on the cluster. */
async function selectInheritedDeletions(
  db: Store["read"],
  clusterKey: string,
  changed: ReturnType<typeof selectResources>,
): Promise<readonly ResourceRow[]> {
  const predecessors = await predecessorsOf(db, clusterKey);
  if (predecessors.length === 0) return [];
  const rows = await changed
    .where("resources.parent_key", "in", [...predecessors])
    .where("resources.state", "=", "Deleting")
    .execute();
  const isOwn = await Promise.all(rows.map((row) => hasChildLike(db, clusterKey, row)));
  return rows.filter((_, at) => !isOwn[at]);
}

const base = (row: ResourceRow) => ({
  name: row.name,
  id: row.id,
  generation: row.generation,
  correlationId: row.correlation_id,
  deleting: row.state === "Deleting",
});

async function desiredExtension(services: Services, row: ResourceRow): Promise<DesiredItem | undefined> {
  const properties = ExtensionProperties.parse(storedOf(services, row, extension));
  const resolved = ResolvedExtension.parse(readJsonColumn(row.resolved));
  const { extensionType, releaseTrain } = properties;
  try {
    // Only the version is stored: where charts are served from may change between starts.
    const type = await services.extensionTypes.require(extensionType);
    // Whatever train it is on by now: what was chosen when the extension was written holds until it is written again.
    const found = type.versions.find(({ version }) => version === resolved.version);
    if (found === undefined) throw new Error(`version ${resolved.version} of '${type.name}' is gone`);
    return {
      kind: "extension",
      ...base(row),
      spec: {
        extensionType: type.name,
        version: resolved.version,
        releaseTrain,
        autoUpgradeMinorVersion: followsUpgrades(properties),
        releaseNamespace: resolved.releaseNamespace,
        isNamespaced: resolved.isNamespaced,
        chart: found.chart,
        configurationSettings: properties.configurationSettings,
        configurationProtectedSettings: properties.configurationProtectedSettings,
      },
    };
  } catch (error) {
    // A chart that left the catalogue must not keep the cluster from everything else. Its agents keep the last state.
    services.log.error(
      { err: error, resourceId: row.id },
      "the chart of an installed extension is not in the catalogue",
    );
    return undefined;
  }
}

const storedOf = (services: Services, row: ResourceRow, { secrets }: ResourceDefinition) =>
  joinSecrets(secrets, readJsonColumn(row.properties), openSecrets(services, row));

async function desiredFlux(services: Services, row: ResourceRow): Promise<DesiredItem> {
  const spec = FluxConfigurationProperties.parse(storedOf(services, row, fluxConfiguration));
  return { kind: "fluxConfiguration", ...base(row), spec };
}

async function desiredLegacyFlux(services: Services, row: ResourceRow): Promise<DesiredItem> {
  const legacy = SourceControlConfigurationProperties.parse(storedOf(services, row, sourceControlConfiguration));
  return { kind: "fluxConfiguration", ...base(row), spec: toFluxConfiguration(legacy) };
}

const toItem: ReadonlyMap<string, (services: Services, row: ResourceRow) => Promise<DesiredItem | undefined>> = new Map(
  (
    [
      [extension, desiredExtension],
      [fluxConfiguration, desiredFlux],
      [sourceControlConfiguration, desiredLegacyFlux],
    ] as const
  ).map(([definition, make]) => [fullType(definition).toLowerCase(), make]),
);
