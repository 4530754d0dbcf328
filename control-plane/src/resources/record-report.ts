import { isDeepStrictEqual } from "node:util";
import {
  type ExtensionReport,
  type FluxConfigurationReport,
  fullType,
  isTerminal,
  type Report,
  type ReportAnswer,
  registry,
  sourceControlConfiguration,
} from "@arcfleet/contract";
import { childId } from "../arm/target.ts";
import { endOperations } from "../db/operations.ts";
import { loadResource, type ResourceRow, updateResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { deliveredAs } from "../desired/delivered-as.ts";
import { legacyOutput } from "../desired/legacy-flux.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import type { Services } from "../services.ts";
import { predecessorsOf } from "./moved-clusters.ts";
import { removeResource } from "./remove-resource.ts";

/**
 * Takes what the agents of a cluster report. The last word on an operation is theirs: this is where it ends. Repeating a report
 * changes nothing, and one about an older generation is about something that nobody wants any more: it is ignored.
 */
export async function recordReports(
  services: Services,
  clusterKey: string,
  reports: readonly Report[],
): Promise<ReportAnswer> {
  if (reports.length === 0) return { unknown: [] };
  const { unknown, ended } = await services.store.write(async (tx) => {
    const unknown: ReportAnswer["unknown"] = [];
    const ended: EndedOperation[] = [];
    for (const report of reports) {
      const row = await findReported(tx, clusterKey, report);
      if (!row) unknown.push({ kind: report.kind, name: report.name });
      else if (report.generation >= row.generation) {
        const operation = await recordOne(services, tx, row, report);
        if (operation !== undefined) ended.push(operation);
      }
    }
    return { unknown, ended };
  });
  for (const operation of ended) services.metrics.operations.inc({ ...operation });
  return { unknown };
}

/** For the metrics, which are counted after the commit. */
interface EndedOperation {
  readonly kind: string;
  readonly status: string;
}

/** The resource that a report is about; after a move also one that the old record was to remove. */
async function findReported(tx: Tx, clusterKey: string, report: Report): Promise<ResourceRow | undefined> {
  // Among the types of one kind a name is there once.
  const below = async (key: string): Promise<ResourceRow | undefined> => {
    const ids = deliveredAs[report.kind].map((definition) => childId(key, definition, report.name).toLowerCase());
    return (await Promise.all(ids.map((id) => loadResource(tx, id)))).find((row) => row !== undefined);
  };
  const own = await below(clusterKey);
  if (own) return own;
  const inherited = await Promise.all((await predecessorsOf(tx, clusterKey)).map(below));
  return inherited.find((row) => row?.state === "Deleting");
}

async function recordOne(
  services: Services,
  tx: Tx,
  row: ResourceRow,
  report: Report,
): Promise<EndedOperation | undefined> {
  const now = services.clock.now().toISOString();
  if (row.state === "Deleting" && report.state === "Deleted") {
    await removeResource(services, tx, row, now);
    return { kind: "delete", status: "Succeeded" };
  }
  const output = outputOf(row, report);
  const state = stateAfter(row, report);
  const outputText = JSON.stringify(output);
  const changes = {
    ...(isDeepStrictEqual(JSON.parse(outputText), readJsonColumn(row.output)) ? {} : { output: outputText }),
    ...(state === row.state ? {} : { state }),
  };
  if (Object.keys(changes).length > 0) await updateResource(tx, row.key, changes);
  if (report.state !== "Succeeded" && report.state !== "Failed") return undefined;
  if (row.state === "Deleting" && report.state === "Succeeded") return undefined;
  // Most reports come when no operation runs; the index answers that without a write.
  await endOperations(tx, {
    resourceKey: row.key,
    upToGeneration: report.generation,
    status: report.state,
    error: report.state === "Failed" ? errorOf(report) : undefined,
    endedAt: now,
  });
  return isTerminal(row.state) ? undefined : { kind: "put", status: report.state };
}

/**
 * A resource follows the agents both ways: what failed and then came right shows as Succeeded. One that is being deleted stays
 * so even if the removal failed, because the agents go on trying; only the operation fails.
 */
function stateAfter(row: ResourceRow, report: Report): string {
  if (row.state === "Deleting") return row.state;
  return report.state === "Succeeded" || report.state === "Failed" ? report.state : row.state;
}

const errorOf = (report: Report) =>
  report.error ?? {
    code: "OperationFailed",
    message: `The agents could not bring about the ${registry[report.kind].singular} '${report.name}' and gave no cause.`,
  };

function outputOf(row: ResourceRow, report: Report): JsonObject {
  const before = readJsonColumn(row.output);
  if (report.kind === "extension") return extensionOutput(before, report);
  return row.type === legacyType ? legacyOutput(before, report) : fluxOutput(before, report);
}

const legacyType = fullType(sourceControlConfiguration).toLowerCase();

function extensionOutput(before: JsonObject, report: ExtensionReport): JsonObject {
  return {
    ...before,
    ...(report.currentVersion === undefined ? {} : { currentVersion: report.currentVersion }),
    ...(report.statuses === undefined ? statusesOf(report) : { statuses: report.statuses }),
    errorInfo: report.state === "Failed" ? errorOf(report) : (report.error ?? null),
  };
}

/** Agents that failed before they could tell a history: the cause is all there is of one. */
const statusesOf = (report: ExtensionReport) =>
  report.state === "Failed"
    ? {
        statuses: [
          {
            code: errorOf(report).code,
            displayStatus: "Failed",
            level: "Error",
            message: errorOf(report).message,
            time: report.observedAt,
          },
        ],
      }
    : {};

function fluxOutput(before: JsonObject, report: FluxConfigurationReport): JsonObject {
  const after = {
    ...before,
    complianceState: report.complianceState,
    errorMessage: report.errorMessage ?? report.error?.message ?? "",
    ...(report.statuses === undefined ? {} : { statuses: report.statuses }),
    ...(report.sourceSyncedCommitId === undefined ? {} : { sourceSyncedCommitId: report.sourceSyncedCommitId }),
    ...(report.sourceUpdatedAt === undefined ? {} : { sourceUpdatedAt: report.sourceUpdatedAt }),
    ...(report.repositoryPublicKey === undefined ? {} : { repositoryPublicKey: report.repositoryPublicKey }),
  };
  // The time of the report alone is no news.
  return isDeepStrictEqual(after, before) ? before : { ...after, statusUpdatedAt: report.observedAt };
}
