export { agentsImage, agentsImageReference } from "./agents-image.ts";
export { caCertificateEntries, userEntries } from "./base-entries.ts";
export { buildImage, type ImageRecipe } from "./build-image.ts";
export {
  CONTROL_PLANE_ENTRYPOINT,
  controlPlaneEntries,
  controlPlaneImage,
  controlPlaneImageReference,
  DATA_FOLDER,
} from "./control-plane-image.ts";
export { COREDNS_IMAGE, corednsImage } from "./coredns-image.ts";
export {
  KUSTOMIZE_CONTROLLER_IMAGE,
  kustomizeControllerImage,
  SOURCE_CONTROLLER_IMAGE,
  sourceControllerImage,
} from "./flux-images.ts";
export type { ImageEntry } from "./image-entry.ts";
export { NODE_PROGRAM, NODE_USER, nodeRuntimeEntries } from "./node-runtime.ts";
export { PAUSE_IMAGE, pauseImage } from "./pause-image.ts";
