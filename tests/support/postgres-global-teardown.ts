// biome-ignore lint/style/noDefaultExport: Jest asks for one.
export { teardown as default } from "./postgres-setup.ts";
