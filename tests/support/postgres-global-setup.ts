// biome-ignore lint/style/noDefaultExport: Jest asks for one.
export { setup as default } from "./postgres-setup.ts";
