import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineResult } from "../pulumi/run-engine.ts";
import { openWorkspace, type Workspace } from "../pulumi/workspace.ts";
import { ensureTools } from "../setup/index.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { startBenchControlPlane } from "./bench-control-plane.ts";
import { type Metric, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const verbs = ["up", "preview", "refresh"] as const;
type Verb = (typeof verbs)[number];

const engineTimeoutMs = 60 * 60_000;

/**
 * What a fleet costs in the Pulumi engine: `count` record-only clusters against a running control plane beside as many dynamic
 * resources that do nothing. Each step is taken by both sides before the next, so that both see the same machine.
 */
export async function benchEngine({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const { pulumi } = await ensureTools(["pulumi"], log);
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    await using controlPlane = await startBenchControlPlane(folder);
    const open = async (side: string): Promise<Workspace> => {
      const workspace = await openWorkspace({
        projectFolder: join(repositoryRoot, "tools", "bench", `engine-${side}`),
        stateFolder: join(folder, side),
        stack: "bench",
        passphrase: "bench",
        pulumiFolder: pulumi,
        env: { ARCFLEET_CONNECTION: controlPlane.connectionFile },
      });
      await workspace.setConfig("count", String(count));
      return workspace;
    };
    const sides = { ours: await open("ours"), peer: await open("peer") };
    // Caches of the machine, the token, the resource group: neither side pays for them alone.
    await Promise.all([sides.ours.preview({ signal }), sides.peer.preview({ signal })]);

    const metrics: Metric[] = [];
    const compare = async (name: string, verb: Verb): Promise<void> => {
      const peer = await measure("peer", sides.peer, verb, { count, log, signal });
      const ours = await measure("ours", sides.ours, verb, { count, log, signal });
      metrics.push(metric({ bench: "engine", metric: name, ours, peer, unit: "s" }));
    };
    for (const verb of verbs) await compare(verb, verb);
    for (const side of Object.values(sides)) await side.setConfig("changed", "0");
    await compare("update-one", "up");
    const [ours, peer] = [await stateBytes(sides.ours), await stateBytes(sides.peer)];
    metrics.push(metric({ bench: "engine", metric: "state", ours: ours / count, peer: peer / count, unit: "bytes" }));
    return metrics;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The state without the white space that the file backend adds. */
const stateBytes = async (workspace: Workspace): Promise<number> =>
  Buffer.byteLength(JSON.stringify(JSON.parse(await workspace.exportState())));

/** Runs one step and returns its seconds; a step that did not do its whole job is no measurement. */
async function measure(side: string, workspace: Workspace, verb: Verb, options: BenchOptions): Promise<number> {
  const { count, log, signal } = options;
  signal.throwIfAborted();
  const result = await workspace[verb]({ signal, timeoutMs: engineTimeoutMs });
  signal.throwIfAborted();
  if (result.exitCode !== 0 || settled(result) < count) {
    throw new Error(
      `${side}: pulumi ${verb} failed (${JSON.stringify(result.changes)}):\n${result.diagnostics.slice(0, 10).join("\n")}`,
    );
  }
  const seconds = result.durationMs / 1000;
  log(`${side}: pulumi ${verb} of ${count} in ${seconds.toFixed(1)} s`);
  return seconds;
}

const settled = ({ changes }: EngineResult): number =>
  (changes.create ?? 0) + (changes.update ?? 0) + (changes.same ?? 0);
