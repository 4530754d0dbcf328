import { COREDNS_IMAGE, corednsImage, PAUSE_IMAGE, pauseImage } from "../image/index.ts";
import { ensureTools } from "../setup/index.ts";
import type { Log } from "./cluster.ts";
import { type ComponentName, componentNames } from "./component-commands.ts";

export interface LabImage {
  readonly name: string;
  readonly archive: string;
}

/** Absolute paths of everything a bare lab runs. */
export interface LabTools {
  readonly components: Readonly<Record<ComponentName, string>>;
  readonly runc: string;
  readonly ctr: string;
  /** The folder with the network plugins. */
  readonly cniPlugins: string;
  readonly pause: LabImage;
  readonly coredns: LabImage;
}

/** Fetches or builds what is missing. */
export async function labTools(log: Log): Promise<LabTools> {
  const found = await ensureTools(
    [...componentNames, "runc", "ctr", "cni-plugins", "iptables", "ip", "conntrack"],
    log,
  );
  return {
    components: found,
    runc: found.runc,
    ctr: found.ctr,
    cniPlugins: found["cni-plugins"],
    pause: { name: PAUSE_IMAGE, archive: await pauseImage(log) },
    coredns: { name: COREDNS_IMAGE, archive: await corednsImage(log) },
  };
}
