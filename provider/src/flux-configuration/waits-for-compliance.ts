import type { Properties } from "../inputs/plain.ts";

/** Unless told otherwise a configuration is finished when the cluster complies with it. */
export const waitsForCompliance = (inputs: Properties): boolean =>
  inputs.waitForCompliance !== false && inputs.suspend !== true;
