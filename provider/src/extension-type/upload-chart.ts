import { chartPath, extensionType } from "@arcfleet/contract";
import { packChart } from "@arcfleet/helm/chart";
import { ArmRequestError } from "../arm-client/error.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";

export interface WantedChart {
  readonly typeId: string;
  readonly version: string;
  /** What the program said when it ran. */
  readonly digest: string;
}

/** A chart that is not what the program said it is, or that nobody can find. */
export class ChartUploadError extends Error {
  override readonly name = "ChartUploadError";
}

/** Uploads the chart of a version, unless the control plane has it. */
export async function uploadChart(context: LifecycleContext, wanted: WantedChart): Promise<void> {
  const url = `${chartPath(wanted.typeId, wanted.digest)}?api-version=${extensionType.providerApiVersion}`;
  if (await isThere(context, url)) return;
  const chart = await packWanted(context, wanted);
  context.say(`uploading the chart of version ${wanted.version}`);
  await context.client.send({
    method: "PUT",
    url,
    body: chart,
    headers: { "Content-Type": "application/gzip" },
    signal: context.signal,
  });
}

async function isThere({ client, signal }: LifecycleContext, url: string): Promise<boolean> {
  try {
    await client.send({ method: "GET", url, signal });
    return true;
  } catch (error) {
    if (error instanceof ArmRequestError && error.code === "ResourceNotFound") return false;
    throw error;
  }
}

async function packWanted({ hints }: LifecycleContext, { version, digest }: WantedChart): Promise<Buffer> {
  const path = hints.charts?.[version];
  if (path === undefined) {
    throw new ChartUploadError(
      `The control plane does not have the chart ${digest} of version ${version}, and the program does not say where it lies. Give the version a \`chart\`, the path of its folder or .tgz.`,
    );
  }
  const chart = await packChart(path);
  if (chart.contentDigest === digest) return chart.content;
  throw new ChartUploadError(
    `The chart in ${path} changed while the program ran: it was ${digest} and is ${chart.contentDigest} now. Nothing was uploaded; run the command again.`,
  );
}
