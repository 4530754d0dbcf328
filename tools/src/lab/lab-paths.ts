import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const LabName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,19}$/,
    "a lab's name has up to 20 lower-case letters, digits and dashes and starts with a letter",
  );

/** Refuses a name that could not be used in host names, kernel object names and folder names. */
export function checkLabName(name: string): string {
  const checked = LabName.safeParse(name);
  if (!checked.success) throw new Error(`"${name}" is no name for a lab: ${checked.error.issues[0]?.message}`);
  return checked.data;
}

/** One folder for the whole machine, not for one checkout: a lab left behind by another checkout must be found too. */
export function labsRoot(env: NodeJS.ProcessEnv = process.env): string {
  const stateHome = env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  return join(env.ARCFLEET_STATE ?? join(stateHome, "arcfleet"), "labs");
}

export interface LabPaths {
  readonly name: string;
  readonly root: string;
  readonly folder: string;
  readonly record: string;
  /**
   * What the kernel objects of this lab carry (cgroup folder, alias of network devices, comment of firewall rules), so
   * that they can be found without any file of ours. It holds a digest of the state folder: two state folders may each
   * have a lab of the same name.
   */
  readonly mark: string;
}

export function stateDigest(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 6);
}

export function labPaths(name: string, root: string = labsRoot()): LabPaths {
  const folder = join(root, checkLabName(name));
  return { name, root, folder, record: join(folder, "lab.json"), mark: `${name}-${stateDigest(root)}` };
}

export interface ClusterPaths {
  readonly name: string;
  readonly folder: string;
  readonly pki: string;
  readonly config: string;
  readonly logs: string;
  readonly kubeconfig: string;
}

export function clusterPaths(lab: LabPaths, clusterName: string): ClusterPaths {
  const folder = join(lab.folder, clusterName);
  return {
    name: clusterName,
    folder,
    pki: join(folder, "pki"),
    config: join(folder, "config"),
    logs: join(folder, "logs"),
    kubeconfig: join(folder, "kubeconfig"),
  };
}
