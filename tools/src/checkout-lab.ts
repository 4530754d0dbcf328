import { createHash } from "node:crypto";
import { repositoryRoot } from "./setup/repository.ts";

/**
 * The name of a lab of this checkout's own, such as `demo-3f9c`. Labs belong to the machine, and a second checkout, or its tests,
 * must not use, change or remove the clusters of the first.
 */
export const checkoutLab = (purpose: string, checkout: string = repositoryRoot): string =>
  `${purpose}-${createHash("sha256").update(checkout).digest("hex").slice(0, 4)}`;
