import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checkoutLab } from "../checkout-lab.ts";
import { workFolder } from "../work-folder.ts";
import { ProcessRecord } from "./process-record.ts";

/** The lab of the demo's own clusters. */
export const demoLab = checkoutLab("demo");

/** Where everything of the demo lies. */
export const demoFolder = join(workFolder, "demo");

export const demoPaths = {
  state: join(demoFolder, "state.json"),
  connection: join(demoFolder, "connection.json"),
  data: join(demoFolder, "data"),
  logs: join(demoFolder, "logs"),
  repository: join(demoFolder, "repository"),
  pulumi: join(demoFolder, "pulumi"),
} as const;

const DemoCluster = z.object({
  name: z.string(),
  kubeconfig: z.string(),
  /** False for a cluster of the user's own, of which nothing but the fleet is removed. */
  isLab: z.boolean(),
});
export type DemoCluster = z.infer<typeof DemoCluster>;

/** What the demo has started, written before anything that could fail: `down` finds all of it. */
const DemoState = z.object({
  version: z.literal(1),
  /** The address of this machine that the clusters' pods can reach. */
  address: z.string().optional(),
  controlPlanePort: z.int().optional(),
  gitPort: z.int().optional(),
  /** Protects the secrets in the demo's Pulumi state. */
  passphrase: z.string(),
  clusters: z.array(DemoCluster).default([]),
  /** The image archives that the clusters have, so that they are not given them again. */
  loadedImages: z.array(z.string()).default([]),
  processes: z.object({ controlPlane: ProcessRecord.optional(), gitServer: ProcessRecord.optional() }).default({}),
});
export type DemoState = z.infer<typeof DemoState>;

export async function readDemoState(): Promise<DemoState | undefined> {
  const text = await readFile(demoPaths.state, "utf8").catch(() => undefined);
  return text === undefined ? undefined : DemoState.parse(JSON.parse(text));
}

/** Saves the state in one step: a command that is killed leaves the old one or the new one. */
export async function writeDemoState(state: DemoState): Promise<void> {
  await mkdir(demoFolder, { recursive: true, mode: 0o700 });
  const half = `${demoPaths.state}.new`;
  await writeFile(half, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(half, demoPaths.state);
}
