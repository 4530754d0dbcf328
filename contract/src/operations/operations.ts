import type { Operation } from "./operation.ts";

/** Every call that the control plane answers. One list of each area, in a file of its own. */
export const operations: readonly Operation[] = [];
