import { readFile } from "node:fs/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { z } from "zod";
import { resourceProvider } from "./resource-provider.ts";

/** Messages may carry a kubeconfig or the schema: the limit that the engine itself uses. */
const maxMessageBytes = 400 * 1024 * 1024;

const Manifest = z.object({ version: z.string() });
const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");

/** Serves the plugin until the engine ends it. The port on standard output is how the engine finds it. */
export async function servePlugin(): Promise<void> {
  const { version } = Manifest.parse(JSON.parse(await read("package.json")));
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(
    services.ResourceProviderService,
    resourceProvider({
      version,
      env: process.env,
      schema: () => read("schema.json"),
    }) as services.IResourceProviderServer,
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  process.stdout.write(`${port}\n`);
}
