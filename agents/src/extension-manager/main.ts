import { ClusterSettings, ProcessSettings, parseSettings, runProcess } from "../runtime/index.ts";
import { ExtensionManagerSettings, extensionManager } from "./extension-manager.ts";

const Settings = ProcessSettings.extend(ClusterSettings.shape).extend(ExtensionManagerSettings.shape);
const settings = parseSettings(Settings, process.env);
await runProcess("extension-manager", settings, (given) => extensionManager(settings, given));
