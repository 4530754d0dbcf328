export type { ChartFile } from "./chart-folder.ts";
export { ChartError, ChartMetadata } from "./chart-metadata.ts";
export { type ChartArchive, digestOf, packChart, packFiles } from "./pack-chart.ts";
export { chartLimits, unpackChart } from "./unpack-chart.ts";
