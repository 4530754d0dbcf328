import { ProcessSettings, parseSettings, runProcess } from "../runtime/index.ts";
import { FluxConfigAgentSettings, fluxConfigAgent } from "./fluxconfig-agent.ts";

const settings = parseSettings(ProcessSettings.extend(FluxConfigAgentSettings.shape), process.env);
await runProcess("fluxconfig-agent", settings, (given) => fluxConfigAgent(settings, given));
