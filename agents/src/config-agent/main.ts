import { ClusterSettings, ProcessSettings, parseSettings, runProcess } from "../runtime/index.ts";
import { configAgent } from "./config-agent.ts";

const settings = parseSettings(ProcessSettings.extend(ClusterSettings.shape), process.env);
await runProcess("config-agent", settings, (given) => configAgent(settings, given));
