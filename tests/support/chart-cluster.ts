import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { controlPlaneImage } from "@arcfleet/tools/image/index.ts";
import { labUp, loadImage } from "@arcfleet/tools/lab/index.ts";
import { testLabName } from "@arcfleet/tools/testing/run-tests.ts";
import { kubectlFor } from "./kubectl.ts";
import type { LabCluster } from "./lab.ts";

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The first cluster of the end-to-end suite, with the image of the control plane. */
export async function chartCluster(): Promise<LabCluster> {
  const [cluster] = await labUp({ name: testLabName, count: 1, log });
  if (cluster === undefined) throw new Error("the lab has no cluster");
  await loadImage(cluster, await controlPlaneImage(log));
  return { ...cluster, kubectl: await kubectlFor(cluster.kubeconfig) };
}

/** Makes a port of this machine reachable under another address of it, as pods need. */
export async function passPort(host: string, port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
