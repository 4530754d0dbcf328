import { type ChartArchive, digestOf } from "../catalogue/pack-chart.ts";

export const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";
const configMediaType = "application/vnd.cncf.helm.config.v1+json";
const contentMediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** A chart in the form in which registries hand it out: a manifest that points at two blobs. */
export interface OciImage {
  readonly tag: string;
  readonly manifest: Buffer;
  readonly manifestDigest: string;
  readonly blobs: ReadonlyMap<string, { readonly mediaType: string; readonly content: Buffer }>;
}

/** Build metadata follows a `+`, which tags cannot hold; Helm writes an underscore instead. */
export const toTag = (version: string): string => version.replaceAll("+", "_");

export function toOciImage(chart: ChartArchive): OciImage {
  const config = Buffer.from(chart.chartJson);
  const descriptor = (mediaType: string, content: Buffer) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestMediaType,
      config: descriptor(configMediaType, config),
      layers: [descriptor(contentMediaType, chart.content)],
      annotations: {
        "org.opencontainers.image.title": chart.metadata.name,
        "org.opencontainers.image.version": chart.metadata.version,
      },
    }),
  );
  return {
    tag: toTag(chart.metadata.version),
    manifest,
    manifestDigest: digestOf(manifest),
    blobs: new Map([
      [digestOf(config), { mediaType: configMediaType, content: config }],
      [chart.digest, { mediaType: contentMediaType, content: chart.content }],
    ]),
  };
}
