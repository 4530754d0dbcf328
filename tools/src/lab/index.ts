export type { Cluster, ClusterStatus, Log } from "./cluster.ts";
export { type Cut, cutNetwork, restoreNetwork } from "./cut-network.ts";
export { labDown, labDownAll } from "./lab-down.ts";
export { labStatus } from "./lab-status.ts";
export { type LabUp, labUp } from "./lab-up.ts";
export { loadImage } from "./load-image.ts";
