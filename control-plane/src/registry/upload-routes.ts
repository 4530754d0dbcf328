/**
 * Where charts of extension types come in: `PUT {type}/charts/{digest}` with the .tgz as the body, before the type names the digest.
 * What is kept is packed anew from the plain files inside, so that clusters never see what only looks like a chart.
 */
import { chartPath, extensionType, fullType, parseResourceId, resourceKey } from "@arcfleet/contract";
import { type ChartArchive, ChartError, chartLimits, packFiles, unpackChart } from "@arcfleet/helm/chart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ResourceTarget, targetOf } from "../arm/target.ts";
import { countCharts, hasChart } from "../catalogue/own-charts.ts";
import { loadResourceGroup } from "../db/resources.ts";
import { DomainError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { apiVersionOf, identify } from "../http/request-context.ts";
import { patternOf } from "../http/resource-routes.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import { checkSubscription } from "../http/subscription.ts";
import type { Services } from "../services.ts";

/** Registered ones and such as were uploaded and are not registered yet. */
const maxChartsPerType = 200;

interface Upload {
  readonly target: ResourceTarget;
  readonly digest: string;
}

export async function registerUploadRoutes(app: App, services: Services): Promise<void> {
  // A context of its own: nowhere else is a body anything but JSON.
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      ["application/gzip", "application/octet-stream"],
      { parseAs: "buffer", bodyLimit: chartLimits.packedBytes },
      (_request, body, done) => done(null, body),
    );
    addRoute(scope, chartPath(patternOf(extensionType), ":digest"), {
      GET: async (request, reply) => {
        const { target, digest } = await begin(services, request);
        if (await hasChart(services.store.read, target.key, digest)) return reply.send({ digest });
        throw new DomainError("ResourceNotFound", `The chart ${digest} was not uploaded for '${target.id}'.`);
      },
      PUT: async (request, reply) => upload(services, await begin(services, request), request.body, reply),
    });
  });
}

/** Whoever may write the type may upload what it is made of. */
async function begin(services: Services, request: FastifyRequest): Promise<Upload> {
  const caller = await identify(services, request);
  apiVersionOf(request, { type: fullType(extensionType), versions: extensionType.apiVersions });
  const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
  const [group, name, digest] = [paramOf(request, "group"), paramOf(request, "name0"), paramOf(request, "digest")];
  const target = targetOf(
    extensionType,
    parseResourceId(`${subscription}/resourceGroups/${group}/providers/${fullType(extensionType)}/${name}`),
  );
  await services.authorize(caller, `${fullType(extensionType)}/write`, target.id);
  if (!extensionType.name.pattern.test(name)) {
    throw new DomainError(
      "InvalidResourceName",
      `'${name}' is not a name for an extension type: it must be ${extensionType.name.rule}.`,
    );
  }
  return { target, digest: digest.toLowerCase() };
}

async function upload(services: Services, { target, digest }: Upload, body: unknown, reply: FastifyReply) {
  if (!Buffer.isBuffer(body)) {
    throw new DomainError(
      "UnsupportedMediaType",
      "A chart is uploaded as its .tgz, with the content type application/gzip.",
    );
  }
  const chart = await readChart(body);
  if (chart.contentDigest !== digest) {
    throw new DomainError(
      "ChartRejected",
      `What was uploaded is the chart ${chart.contentDigest}, not ${digest}. The digest is that of the chart's tar as the SDK packs it.`,
    );
  }
  const isNew = await services.store.write(async (tx) => {
    if (!(await loadResourceGroup(tx, target.groupKey))) {
      throw new DomainError("ResourceGroupNotFound", `Resource group '${target.groupName}' could not be found.`);
    }
    if (await hasChart(tx, target.key, digest)) return false;
    if ((await countCharts(tx, target.key)) >= maxChartsPerType) {
      throw new DomainError(
        "ChartRejected",
        `'${target.id}' has ${maxChartsPerType} charts, which is the limit. Remove versions that nobody uses; uploads that no version names go after an hour.`,
      );
    }
    await tx
      .insertInto("extension_charts")
      .values({
        type_key: resourceKey(target.id),
        digest,
        archive: chart.content,
        archive_digest: chart.digest,
        chart_json: chart.chartJson,
        chart_version: chart.metadata.version,
        is_registered: 0,
        uploaded_at: services.clock.now().toISOString(),
      })
      .execute();
    return true;
  });
  return reply.code(isNew ? 201 : 200).send({ digest });
}

async function readChart(body: Buffer): Promise<ChartArchive> {
  try {
    return await packFiles(await unpackChart(body, "The uploaded chart"), "the uploaded chart");
  } catch (error) {
    if (error instanceof ChartError) throw new DomainError("ChartRejected", `${error.message}.`, { cause: error });
    throw error;
  }
}
