import { z } from "zod";
import { ClusterSettings, parseSettings } from "../runtime/cluster-settings.ts";
import { ProcessSettings } from "../runtime/process-settings.ts";
import { runProcess } from "../runtime/run-process.ts";
import { agentHealthAgent } from "./agent-health-agent.ts";

const Settings = ProcessSettings.extend({
  AZURE_ARC_AGENT_VERSION: ClusterSettings.shape.AZURE_ARC_AGENT_VERSION,
  /** Names of the Deployments that the chart installs, with commas between. */
  ARCFLEET_AGENTS: z.string().transform((text) => text.split(",").filter((name) => name !== "")),
});
const settings = parseSettings(Settings, process.env);

await runProcess("controller-manager", settings, ({ kube, log, onRun }) => ({
  agents: [agentHealthAgent({ kube, log, onRun, expected: settings.ARCFLEET_AGENTS })],
}));
