export { type ControlPlane, type StartOptions, startControlPlane } from "./control-plane.ts";
export { TrustedIssuer } from "./identity/outside/trusted-issuer.ts";
export { createLogger } from "./log.ts";
export { parseSettings, Settings, type SettingsInput } from "./settings.ts";
