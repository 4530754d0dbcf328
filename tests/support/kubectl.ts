import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { execa } from "execa";
import type { z } from "zod";

/** One cluster, asked with the real kubectl. */
export interface Kubectl {
  /** Standard output of a command; throws what kubectl says when it fails. */
  run(...args: string[]): Promise<string>;
  /** Sends manifests. */
  apply(manifests: string): Promise<void>;
  /** The JSON of `get`, read with a schema. */
  get<S extends z.ZodType>(schema: S, ...args: string[]): Promise<z.output<S>>;
  /** What exists, apart from what comes and goes by itself: `kind/namespace/name`, sorted. */
  inventory(): Promise<string[]>;
}

const timeoutMs = 60_000;

/** The kinds in which an installation could leave something. */
const inventoried = [
  "namespaces",
  "customresourcedefinitions",
  "clusterroles",
  "clusterrolebindings",
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
  "priorityclasses",
  "apiservices",
  "secrets",
  "configmaps",
  "serviceaccounts",
  "services",
  "deployments",
  "roles",
  "rolebindings",
];

export async function kubectlFor(kubeconfig: string): Promise<Kubectl> {
  const { kubectl } = await ensureTools(["kubectl"], () => undefined);
  const run = async (args: readonly string[], input = ""): Promise<string> =>
    (await execa(kubectl, ["--kubeconfig", kubeconfig, ...args], { timeout: timeoutMs, input })).stdout;
  return {
    run: (...args) => run(args),
    async apply(manifests) {
      await run(["apply", "-f", "-"], manifests);
    },
    async get(schema, ...args) {
      return schema.parse(JSON.parse(await run(["get", ...args, "-o", "json"])));
    },
    async inventory() {
      const columns = "custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";
      const table = await run(["get", inventoried.join(","), "--all-namespaces", "--no-headers", "-o", columns]);
      return table
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.trim().split(/ +/).join("/"))
        .sort();
    },
  };
}
