import { parseSettings } from "../runtime/cluster-settings.ts";
import { createKubeClient } from "../runtime/kube/kube-client.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { createLogger, findAccess } from "../runtime/run-process.ts";
import { DrainSettings, drain } from "./drain.ts";

/** Less than the Job's own deadline in the chart. */
const timeoutMs = 200_000;

const settings = parseSettings(ProcessSettings.extend(DrainSettings.shape), process.env);
const log = createLogger("fluxconfig-drain", settings);
const kube = createKubeClient(await findAccess(settings), "arcfleet-fluxconfig-drain");
const release = { name: settings.ARCFLEET_RELEASE, namespace: settings.ARCFLEET_NAMESPACE };
await drain({ kube, log, release, signal: AbortSignal.timeout(timeoutMs) });
kube.close();
