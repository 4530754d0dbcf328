import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ensureTools, type Log } from "../setup/index.ts";
import { caCertificateEntries } from "./base-entries.ts";
import { buildImage } from "./build-image.ts";
import { bundleAgents } from "./bundle-agents.ts";
import type { ImageEntry } from "./image-entry.ts";
import { NODE_PROGRAM, NODE_USER, nodeRuntimeEntries } from "./node-runtime.ts";

const repository = join(import.meta.dirname, "../../..");
const name = "arcfleet/agents";

/** The reference that the charts use: one version for the chart, the agents and their image. */
export async function agentsImageReference(): Promise<string> {
  const chart = parse(await readFile(join(repository, "agent-chart/Chart.yaml"), "utf8"));
  const { appVersion } = z.object({ appVersion: z.string() }).parse(chart);
  return `${name}:${appVersion}`;
}

/**
 * The archive of the one image that all agents run from: Node, one bundle per agent in /app, and helm. An unchanged tree gives
 * the archive that is already there.
 */
export async function agentsImage(log: Log): Promise<string> {
  const [reference, bundles, { helm }, runtime, certificates] = await Promise.all([
    agentsImageReference(),
    bundleAgents(join(repository, "agents")),
    ensureTools(["helm"], log),
    nodeRuntimeEntries(),
    caCertificateEntries(),
  ]);
  return buildImage({
    name,
    tag: reference.slice(name.length + 1),
    entries: [
      ...runtime,
      ...certificates,
      { kind: "copy", path: "/usr/local/bin/helm", from: helm },
      ...bundles.map((bundle): ImageEntry => ({ kind: "file", path: `/app/${bundle.name}.mjs`, content: bundle.code })),
    ],
    user: NODE_USER,
    // A small heap is collected early: idle agents then stay near the size of what they really hold.
    entrypoint: [NODE_PROGRAM, "--max-semi-space-size=2"],
    env: { NODE_ENV: "production" },
  });
}
