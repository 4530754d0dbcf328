import { type ChartArchive, packFiles } from "@arcfleet/helm/chart";
import type { Answer, Api } from "./api.ts";

/** A small chart; another `text` is another content. */
export const smallChart = (version: string, text = "one"): Promise<ChartArchive> =>
  packFiles(
    [
      { path: "Chart.yaml", content: Buffer.from(`apiVersion: v2\nname: podinfo\nversion: ${version}\n`) },
      { path: "templates/config.yaml", content: Buffer.from(`kind: ConfigMap\ndata: { text: ${text} }\n`) },
    ],
    "a test",
  );

export const typePath = (api: Pick<Api, "subscription">, name: string, group = "g1"): string =>
  `${api.subscription}/resourceGroups/${group}/providers/Arcfleet.Catalogue/extensionTypes/${name}`;

export const uploadChart = (
  api: Api,
  type: string,
  chart: Pick<ChartArchive, "contentDigest" | "content">,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  api.call("PUT", `${type}/charts/${chart.contentDigest}`, chart.content, {
    "content-type": "application/gzip",
    ...headers,
  });

/** Versions with their trains; each has a chart of its own. */
export type Versions = Readonly<Record<string, readonly string[]>>;

/** Uploads small charts and registers them. */
export async function putType(api: Api, type: string, versions: Versions, properties: object = {}): Promise<Answer> {
  const entries = await Promise.all(
    Object.entries(versions).map(async ([version, releaseTrains]) => {
      const chart = await smallChart(version);
      const uploaded = await uploadChart(api, type, chart);
      if (uploaded.status > 201) throw new Error(uploaded.text);
      return [version, { chartDigest: chart.contentDigest, releaseTrains }] as const;
    }),
  );
  return api.call("PUT", type, { properties: { ...properties, versions: Object.fromEntries(entries) } });
}
