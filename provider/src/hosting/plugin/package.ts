/** What the package of the plugin consists of, for those who describe it. */
export { unwrap } from "../../inputs/schema-shape.ts";
export { type HostedKey, hostedKeys, lifecycleOf } from "../../kinds/index.ts";
export type { ResourceShape } from "../../lifecycle/lifecycle.ts";
export { providerSettings } from "./configuration.ts";
export { hintInputs } from "./hint-inputs.ts";
export { packageName, tokenOf } from "./token.ts";
