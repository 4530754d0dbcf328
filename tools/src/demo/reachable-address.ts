import { readFile } from "node:fs/promises";
import { connect, isIPv4 } from "node:net";
import { parse } from "yaml";
import { z } from "zod";

const Kubeconfig = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.url() }) })),
});

const timeoutMs = 5_000;

/**
 * The address of this machine that a cluster's pods can most likely reach: the one from which this machine reaches the
 * cluster's API server.
 * @throws when that is the loopback address, with what to do
 */
export async function addressReachableFrom(kubeconfig: string): Promise<string> {
  const server = new URL((await contextOf(kubeconfig)).server);
  const address = await localAddressTowards(server.hostname, Number(server.port || 443));
  if (address.startsWith("127.") || !isIPv4(address)) {
    throw new Error(
      `the API server of ${kubeconfig} is at ${server.host}, which does not tell under which address the cluster's pods reach this ` +
        "machine; name one with --address (for kind and k3d the gateway of their Docker network)",
    );
  }
  return address;
}

/** The current context of a kubeconfig, and the API server that it leads to. */
export async function contextOf(path: string): Promise<{ context: string; server: string }> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Error(`the kubeconfig ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const config = Kubeconfig.safeParse(parse(text));
  if (!config.success) throw new Error(`${path} is not a kubeconfig: ${z.prettifyError(config.error)}`);
  const { contexts, clusters } = config.data;
  const context = contexts.find(({ name }) => name === config.data["current-context"]);
  const cluster = clusters.find(({ name }) => name === context?.context.cluster);
  if (context === undefined || cluster === undefined)
    throw new Error(`${path} has no current context with a cluster; set one with kubectl config use-context`);
  return { context: context.name, server: cluster.cluster.server };
}

function localAddressTowards(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`the API server ${host}:${port} cannot be reached: ${why}`));
    };
    socket.once("timeout", () => fail(`no answer within ${timeoutMs / 1000} s`));
    socket.once("error", (error) => fail(error.message));
    socket.once("connect", () => {
      const address = socket.localAddress ?? "";
      socket.destroy();
      resolve(address.replace(/^::ffff:/, ""));
    });
  });
}
