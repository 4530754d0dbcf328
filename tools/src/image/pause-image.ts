import { ensureTools } from "../setup/ensure-tools.ts";
import type { Log } from "../setup/tool.ts";
import { buildImage } from "./build-image.ts";
import { nameAndTag } from "./image-reference.ts";

/** What containerd must be told to use for the sandbox of each pod. */
export const PAUSE_IMAGE = "arcfleet.local/pause:1.0.0";

/** The archive of the image that holds the network of each pod in a lab cluster. */
export async function pauseImage(log: Log): Promise<string> {
  const { pause } = await ensureTools(["pause"], log);
  return buildImage(
    {
      ...nameAndTag(PAUSE_IMAGE),
      entries: [{ kind: "copy", path: "/pause", from: pause }],
      user: 65535,
      entrypoint: ["/pause"],
    },
    log,
  );
}
