import { resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";

/** Versions as a program gives them, known. */
type Given = Readonly<Record<string, GivenVersion>>;

interface GivenVersion {
  /** One of the two. */
  readonly chart?: string;
  readonly chartDigest?: string;
  readonly releaseTrains?: readonly string[];
}

export interface PackedVersions {
  /** The inputs of the record: what a chart holds is known by its digest, so that a changed file shows in a preview. */
  readonly versions: Readonly<Record<string, { chartDigest: string; releaseTrains?: readonly string[] }>>;
  /** Where the charts lie, for the upload alone: in the state the paths of one machine would show as changes on another. */
  readonly paths: Readonly<Record<string, string>>;
}

/**
 * Packs the charts to learn their digests.
 * @throws RunError, which Pulumi shows without a stack, naming the chart and what is wrong with it
 */
export async function packVersions(given: Given): Promise<PackedVersions> {
  const packed = await Promise.all(Object.entries(given).map(([version, one]) => packVersion(version, one)));
  return {
    versions: Object.fromEntries(packed.map(({ version, input }) => [version, input])),
    paths: Object.fromEntries(packed.flatMap(({ version, path }) => (path === undefined ? [] : [[version, path]]))),
  };
}

async function packVersion(version: string, { chart, chartDigest, ...rest }: GivenVersion) {
  if (chart !== undefined) {
    const path = resolve(chart);
    return { version, path, input: { ...rest, chartDigest: await digestOf(version, path) } };
  }
  if (chartDigest !== undefined) return { version, path: undefined, input: { ...rest, chartDigest } };
  throw new RunError(
    `Version ${version} has neither a \`chart\` nor the \`chartDigest\` of a registered one. Give one of them.`,
  );
}

async function digestOf(version: string, path: string): Promise<string> {
  const { ChartError, packChart } = await import("@arcfleet/helm/chart");
  try {
    const { contentDigest, metadata } = await packChart(path);
    if (metadata.version === version) return contentDigest;
    throw new ChartError(
      `The chart in ${path} is given as version ${version}, but its Chart.yaml says ${metadata.version}. Make them the same.`,
    );
  } catch (error) {
    if (error instanceof ChartError) throw new RunError(error.message);
    throw error;
  }
}
