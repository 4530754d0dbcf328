import { setTimeout as sleep } from "node:timers/promises";
import { labAddresses, MAX_CLUSTERS } from "./address-plan.ts";
import { bareCluster, removeBareCluster, startBareCluster, stopBareCluster } from "./bare-cluster.ts";
import type { Cluster, Log } from "./cluster.ts";
import { createBridge, freeSlot, openFirewall } from "./host-network.ts";
import { startForwarding } from "./ip-forwarding.ts";
import { removeKindCluster, startKindCluster } from "./kind-cluster.ts";
import { removeLab } from "./lab-down.ts";
import { chooseDriver } from "./lab-driver.ts";
import { withLabLock, withSharedLock } from "./lab-lock.ts";
import { type LabPaths, labPaths } from "./lab-paths.ts";
import { type LabRecord, readLabRecord, recordedClusters, usedSlots, writeLabRecord } from "./lab-record.ts";
import { clustersOf, statusOf } from "./lab-status.ts";
import { labTools } from "./lab-tools.ts";

/** How long a cluster that runs but is not ready may take to recover before it is made anew. */
const RECOVER_MS = 20_000;

export interface LabUp {
  readonly name: string;
  readonly count: number;
  readonly log: Log;
  /** When it fires, what this call has made is removed before the call throws. */
  readonly signal?: AbortSignal;
}

/**
 * Makes sure the lab has `count` ready clusters and returns them. Ready ones are kept as they are, missing ones are
 * made, broken ones are made anew; more than `count` stay.
 */
export async function labUp({ name, count, log, signal = new AbortController().signal }: LabUp): Promise<Cluster[]> {
  if (!Number.isInteger(count) || count < 1 || count > MAX_CLUSTERS) {
    throw new Error(`a lab has 1 to ${MAX_CLUSTERS} clusters, not ${count}`);
  }
  const lab = labPaths(name);
  return withLabLock(lab, log, signal, async () => {
    const isNew = readLabRecord(lab.record) === undefined;
    try {
      const record = await openLab(lab);
      await startMissing({ lab, record, count, log, signal });
      return (await clustersOf(lab, record)).slice(0, count);
    } catch (error) {
      // A cluster that could not be started stays, stopped, so that its logs can be read.
      if (isNew && (signal.aborted || recordedClusters(lab).length === 0)) await removeLab(lab, log);
      throw error;
    }
  });
}

async function openLab(lab: LabPaths): Promise<LabRecord> {
  const known = readLabRecord(lab.record);
  const driver = known?.driver ?? (await chooseDriver());
  if (driver === "kind") return saveRecord(lab, known ?? { version: 1, driver, slot: 0 });
  return withSharedLock(async () => {
    const slot = known?.slot ?? (await freeSlot(usedSlots(lab.root)));
    startForwarding(lab.root);
    const record = saveRecord(lab, { version: 1, driver, slot });
    await createBridge(lab.mark, labAddresses(slot));
    await openFirewall(lab.mark, labAddresses(slot));
    return record;
  });
}

function saveRecord(lab: LabPaths, record: LabRecord): LabRecord {
  writeLabRecord(lab, record);
  return record;
}

interface StartMissing {
  readonly lab: LabPaths;
  readonly record: LabRecord;
  readonly count: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

async function startMissing({ lab, record, count, log, signal }: StartMissing): Promise<void> {
  const existing = await clustersOf(lab, record);
  const wanted = Array.from({ length: count }, (_, at) => at + 1);
  const healthy = await Promise.all(
    wanted.map((index) =>
      isHealthy(
        existing.find((cluster) => cluster.index === index),
        signal,
      ),
    ),
  );
  const missing = wanted.filter((_, at) => !healthy[at]);
  if (missing.length === 0) return;
  const tools = record.driver === "bare" ? await labTools(log) : undefined;

  const results = await Promise.allSettled(
    missing.map((index) =>
      tools
        ? startOne({ lab, name: `${lab.name}-${index}`, signal }, () =>
            startBareCluster({
              lab,
              slot: record.slot,
              cluster: bareCluster(lab, record.slot, index),
              tools,
              log,
              signal,
            }),
          )
        : startKindCluster({ lab, index, log, signal }).catch(async (error: unknown) => {
            await removeKindCluster(lab, `${lab.mark}-${index}`);
            throw error;
          }),
    ),
  );
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  signal.throwIfAborted();
  if (errors.length > 1)
    throw new AggregateError(
      errors,
      errors.map((error) => (error instanceof Error ? error.message : String(error))).join("\n"),
    );
  if (errors.length === 1) throw errors[0];
}

/** A start that failed leaves its logs for the user to read, one that was cancelled leaves nothing. Neither leaves processes. */
async function startOne(
  options: { lab: LabPaths; name: string; signal: AbortSignal },
  start: () => Promise<void>,
): Promise<void> {
  const { lab, name, signal } = options;
  try {
    await start();
  } catch (error) {
    await (signal.aborted ? removeBareCluster(lab, name) : stopBareCluster(lab, name));
    throw error;
  }
}

async function isHealthy(cluster: Cluster | undefined, signal: AbortSignal): Promise<boolean> {
  if (cluster === undefined) return false;
  for (const deadline = Date.now() + RECOVER_MS; ; ) {
    const status = await statusOf(cluster);
    if (status.ready) return true;
    const runs = cluster.driver === "kind" || status.pids.length > 0;
    if (!runs || Date.now() > deadline) return false;
    await sleep(500, undefined, { signal });
  }
}
