/** What the package of the plugin consists of, for those who describe it. */
export { unwrap } from "../../inputs/schema-shape.ts";
export { kindOf, recordKeys } from "../../kinds/index.ts";
export type { ResourceShape } from "../../kinds/resource-kind.ts";
export { providerSettings } from "./configuration.ts";
export { hintInputs } from "./hint-inputs.ts";
export { packageName, tokenOf } from "./token.ts";
