import { existsSync, readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { IssuedCertificate } from "./certificates.ts";

/** A kubeconfig that carries everything inside: it can be copied, and needs no file beside it. */
export function kubeconfigText(options: {
  name: string;
  endpoint: string;
  authorityPem: string;
  client: IssuedCertificate;
  user: string;
}): string {
  const encode = (text: string) => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": options.name,
    clusters: [
      {
        name: options.name,
        cluster: { server: options.endpoint, "certificate-authority-data": encode(options.authorityPem) },
      },
    ],
    users: [
      {
        name: options.user,
        user: {
          "client-certificate-data": encode(options.client.certificatePem),
          "client-key-data": encode(options.client.keyPem),
        },
      },
    ],
    contexts: [{ name: options.name, context: { cluster: options.name, user: options.user } }],
  });
}

const WithServer = z.object({ clusters: z.tuple([z.object({ cluster: z.object({ server: z.url() }) })]) });

/** The API server's address in a kubeconfig with one cluster; empty when there is no such file yet. */
export function kubeconfigServer(path: string): string {
  if (!existsSync(path)) return "";
  return WithServer.parse(parse(readFileSync(path, "utf8"))).clusters[0].cluster.server;
}
