import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../setup/repository.ts";
import type { Log } from "../setup/tool.ts";
import { caCertificateEntries } from "./base-entries.ts";
import { buildImage, type ImageRecipe } from "./build-image.ts";
import { bundleCommand } from "./bundle-command.ts";
import type { ImageEntry } from "./image-entry.ts";
import { NODE_PROGRAM, NODE_USER, nodeRuntimeEntries } from "./node-runtime.ts";

const name = "arcfleet/control-plane";

/** Where the state of a control plane is in the image: a volume. */
export const DATA_FOLDER = "/data";

export const CONTROL_PLANE_ENTRYPOINT = [NODE_PROGRAM, "/app/lib/bin/arcfleet.mjs"];

/** The reference that the chart uses: one version for everything in this repository but the agents. */
export async function controlPlaneImageReference(): Promise<string> {
  const text = await readFile(join(repositoryRoot, "package.json"), "utf8");
  return `${name}:${z.object({ version: z.string() }).parse(JSON.parse(text)).version}`;
}

/**
 * Everything in the image of the control plane: Node with its libraries, the command, what it reads at run time, and no shell. The
 * Dockerfile makes its image of the same entries.
 */
export async function controlPlaneEntries(): Promise<ImageEntry[]> {
  const [runtime, certificates, command, migrations, agentChart, extensions] = await Promise.all([
    nodeRuntimeEntries(),
    caCertificateEntries(),
    bundleCommand(repositoryRoot),
    // Where the command looks for them: two folders above itself.
    filesOf("control-plane/migrations", "/app/migrations"),
    filesOf("agent-chart", "/app/agent-chart"),
    filesOf("extensions", "/app/extensions"),
  ]);
  return [
    ...runtime,
    ...certificates,
    ...command.map((file): ImageEntry => ({ kind: "file", path: `/app/lib/bin/${file.name}`, content: file.code })),
    ...migrations,
    ...agentChart,
    ...extensions,
    { kind: "directory", path: DATA_FOLDER, mode: 0o700, uid: NODE_USER },
  ];
}

/** The archive of the image that runs a control plane. An unchanged tree gives the archive that is already there. */
export async function controlPlaneImage(log: Log): Promise<string> {
  const [reference, entries] = await Promise.all([controlPlaneImageReference(), controlPlaneEntries()]);
  const recipe: ImageRecipe = {
    name,
    tag: reference.slice(name.length + 1),
    entries,
    user: NODE_USER,
    entrypoint: CONTROL_PLANE_ENTRYPOINT,
    env: { NODE_ENV: "production" },
  };
  return buildImage(recipe, log);
}

async function filesOf(folder: string, target: string): Promise<ImageEntry[]> {
  const root = join(repositoryRoot, folder);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("/golden"))
    .map((entry) => {
      const from = join(entry.parentPath, entry.name);
      return { kind: "copy", path: join(target, from.slice(root.length)), from, mode: 0o644 };
    });
}
