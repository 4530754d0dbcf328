export { DeclaredFleet } from "./declared-fleet.ts";
export { type DeclaredResource, notKnownYet } from "./declared-resource.ts";
export { type MockFleetOptions, mockFleet, type Program } from "./mock-fleet.ts";
export { ProgramError } from "./program-error.ts";
export { sampleKubeconfig } from "./sample-kubeconfig.ts";
export { value } from "./value.ts";
