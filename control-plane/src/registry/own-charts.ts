import { extensionType, fullType, resourceKey } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { findTypeKey, listOwnCharts, readArchive } from "../catalogue/own-charts.ts";
import { ownTypesPath } from "../catalogue/own-types.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { predecessorsOf } from "../resources/moved-clusters.ts";
import type { Services } from "../services.ts";
import { answerImage, type ImageQuery, refuse } from "./answer-image.ts";
import { toOciImage } from "./oci-image.ts";

/** Hands out the charts of a registered extension type, to those who may have them. */
export async function answerOwnChart(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, ...query }: Omit<ImageQuery, "repository"> & { readonly name: string },
): Promise<FastifyReply> {
  const repository = `${ownTypesPath}/${name.toLowerCase()}`;
  const caller = await identifyPuller(services, request);
  if (caller === undefined) {
    reply.header("www-authenticate", 'Basic realm="arcfleet"');
    return refuse(
      reply,
      "UNAUTHORIZED",
      `Pulling ${repository} needs an access token: any user name, and the token as password`,
    );
  }
  const { read } = services.store;
  const subscription = `/subscriptions/${services.subscriptionId}`;
  const typeKey = await findTypeKey(read, subscription.toLowerCase(), name);
  if (!(await mayPull(services, caller, typeKey ?? subscription))) {
    return refuse(
      reply,
      "DENIED",
      `The client '${caller.name}' may not pull ${repository}: it is no cluster with an extension of that type, and holds no role to read the type`,
    );
  }
  const charts = typeKey === undefined ? [] : await listOwnCharts(read, typeKey);
  const images = charts.map(({ version, chartJson, archiveDigest, archiveBytes }) =>
    toOciImage({
      name,
      version,
      chartJson,
      archive: {
        digest: archiveDigest,
        bytes: archiveBytes,
        read: () => readArchive(read, typeKey ?? "", archiveDigest),
      },
    }),
  );
  return answerImage(reply, { repository, ...query }, images);
}

/** Registry clients send what they have as Basic: any user name, and the access token as the password. */
async function identifyPuller(services: Services, request: FastifyRequest): Promise<Caller | undefined> {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const token =
    basic &&
    Buffer.from(basic, "base64")
      .toString("utf8")
      .replace(/^[^:]*:/, "");
  try {
    request.caller = await services.authenticate(token ? `Bearer ${token}` : request.headers.authorization);
    return request.caller;
  } catch (error) {
    if (error instanceof DomainError && error.code === "AuthenticationFailed") return undefined;
    throw error;
  }
}

/** A cluster may pull what an extension of its own is made of; anyone else needs the right to read the type. */
async function mayPull(services: Services, caller: Caller, scope: string): Promise<boolean> {
  if (caller.resourceId !== undefined) {
    const cluster = resourceKey(caller.resourceId);
    // After a move its agents look after what the old record holds, too.
    const records = [cluster, ...(await predecessorsOf(services.store.read, cluster))];
    const use = await services.store.read
      .selectFrom("extension_uses")
      .select("resource_key")
      .where("cluster_key", "in", records)
      .where("type_key", "=", scope)
      .executeTakeFirst();
    if (use !== undefined) return true;
  }
  return services.authorize(caller, `${fullType(extensionType)}/read`, scope).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DomainError && error.code === "AuthorizationFailed") return false;
      throw error;
    },
  );
}
