import { parseSettings } from "../runtime/cluster-settings.ts";
import { createKubeClient } from "../runtime/kube/kube-client.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { createLogger, findAccess } from "../runtime/run-process.ts";
import { removeExtensions } from "./remove-extensions.ts";

/** Less than the Job's own deadline in the chart. */
const timeoutMs = 180_000;

const settings = parseSettings(ProcessSettings, process.env);
const log = createLogger("pre-delete-hook", settings);
const kube = createKubeClient(await findAccess(settings), "arcfleet-pre-delete-hook");
await removeExtensions({ kube, log, timeoutMs });
kube.close();
