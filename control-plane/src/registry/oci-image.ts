import { digestOf } from "@arcfleet/helm/chart";

export const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";
const configMediaType = "application/vnd.cncf.helm.config.v1+json";
const contentMediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** A chart as the registry knows it, wherever its archive lies. */
export interface RegistryChart {
  readonly name: string;
  readonly version: string;
  /** All of `Chart.yaml` as JSON. */
  readonly chartJson: string;
  readonly archive: { readonly digest: string; readonly bytes: number; read(): Promise<Buffer> };
}

export interface OciBlob {
  readonly mediaType: string;
  read(): Promise<Buffer>;
}

/** A chart in the form in which registries hand it out: a manifest that points at two blobs. */
export interface OciImage {
  readonly tag: string;
  readonly manifest: Buffer;
  readonly manifestDigest: string;
  readonly blobs: ReadonlyMap<string, OciBlob>;
}

/** Build metadata follows a `+`, which tags cannot hold; Helm writes an underscore instead. */
const toTag = (version: string): string => version.replaceAll("+", "_");

export function toOciImage({ name, version, chartJson, archive }: RegistryChart): OciImage {
  const config = Buffer.from(chartJson);
  const configDigest = digestOf(config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestMediaType,
      config: { mediaType: configMediaType, digest: configDigest, size: config.length },
      layers: [{ mediaType: contentMediaType, digest: archive.digest, size: archive.bytes }],
      annotations: {
        "org.opencontainers.image.title": name,
        "org.opencontainers.image.version": version,
      },
    }),
  );
  return {
    tag: toTag(version),
    manifest,
    manifestDigest: digestOf(manifest),
    blobs: new Map<string, OciBlob>([
      [configDigest, { mediaType: configMediaType, read: async () => config }],
      [archive.digest, { mediaType: contentMediaType, read: archive.read }],
    ]),
  };
}
