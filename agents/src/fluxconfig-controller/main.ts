import { ProcessSettings, parseSettings, runProcess } from "../runtime/index.ts";
import { fluxConfigController } from "./fluxconfig-controller.ts";

const settings = parseSettings(ProcessSettings, process.env);
await runProcess("fluxconfig-controller", settings, fluxConfigController);
