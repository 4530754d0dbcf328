/**
 * The charts as a read-only OCI registry (distribution API), so that `helm pull oci://…` works in a cluster that can reach nothing
 * but its control plane. Anyone may pull what comes with the control plane (docs/decisions/0023-charts-are-pulled-anonymously.md);
 * what users register is pulled with a token (docs/decisions/0075-own-charts-are-pulled-with-a-token.md).
 */
import type { ChartArchive } from "@arcfleet/helm/chart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { ownTypesPath } from "../catalogue/own-types.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../services.ts";
import { answerImage, refuse } from "./answer-image.ts";
import { type OciImage, toOciImage } from "./oci-image.ts";
import { answerOwnChart } from "./own-charts.ts";

const part = "(?<part>manifests|blobs|tags)/(?<reference>[^/]+)$";

/** `charts/{chart}`; one command-line client inserts a `v2` of its own before the chart's name. */
const BundledPath = new RegExp(`^(?:charts/)?(?:v2/)?(?<name>[^/]+)/${part}`, "i");
const OwnPath = new RegExp(`^${ownTypesPath}/(?<name>[^/]+)/${part}`, "i");

const WildcardParams = z.object({ "*": z.string() });

/** Images of bundled charts are made when first asked for; those charts do not change while the process runs. */
function createImages(catalogue: Catalogue): (chart: string) => readonly OciImage[] {
  const images = new WeakMap<ChartArchive, OciImage>();
  const imageOf = (chart: ChartArchive): OciImage => {
    const { metadata, chartJson, digest, content } = chart;
    const archive = { digest, bytes: content.length, read: async () => content };
    const image =
      images.get(chart) ?? toOciImage({ name: metadata.name, version: metadata.version, chartJson, archive });
    images.set(chart, image);
    return image;
  };
  return (chart) => catalogue.versions(chart).map(imageOf);
}

/** Registers `/v2/`. HEAD comes with every GET. */
export function registerRegistryRoutes(app: App, services: Services): void {
  const imagesOf = createImages(services.catalogue);

  app.get("/v2", (_request, reply) => reply.header("docker-distribution-api-version", "registry/2.0").send({}));

  app.get("/v2/*", (request: FastifyRequest, reply): Promise<FastifyReply> | FastifyReply => {
    const path = WildcardParams.parse(request.params)["*"];
    const own = OwnPath.exec(path)?.groups;
    if (own !== undefined) {
      const { name = "", part = "", reference = "" } = own;
      return answerOwnChart(services, request, reply, { name, part, reference });
    }
    const bundled = BundledPath.exec(path)?.groups;
    if (bundled === undefined)
      return refuse(reply, "NAME_UNKNOWN", `Charts are at charts/{name} and ${ownTypesPath}/{name}`);
    const { name = "", part = "", reference = "" } = bundled;
    return answerImage(reply, { repository: `charts/${name}`, part, reference }, imagesOf(name.toLowerCase()));
  });
}
