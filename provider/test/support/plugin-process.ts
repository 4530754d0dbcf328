import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// CommonJS that Jest's own loader cannot read the names of, so it is required.
const require = createRequire(import.meta.url);
const grpc: typeof import("@grpc/grpc-js") = require("@grpc/grpc-js");
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

export const messages: typeof import("@pulumi/pulumi/proto/provider_pb.js") = require("@pulumi/pulumi/proto/provider_pb.js");
export const { Struct }: typeof import("google-protobuf/google/protobuf/struct_pb.js") =
  require("google-protobuf/google/protobuf/struct_pb.js");
export const nothing: object = new Empty();

export interface PluginProcess extends AsyncDisposable {
  /** Calls a method and gives the answer as plain JSON. */
  call(method: string, request: unknown): Promise<Record<string, unknown>>;
  /** The same with the answer as it came. */
  ask<Answer>(method: string, request: unknown): Promise<Answer>;
}

export interface PluginOptions {
  readonly cwd?: URL;
  readonly env?: Readonly<Record<string, string>>;
}

/** A provider plugin as the engine starts it: the address of an engine on the command line, the port on standard output. */
export async function startPlugin(script: string, options: PluginOptions = {}): Promise<PluginProcess> {
  const plugin = spawn(process.execPath, [script, "127.0.0.1:1"], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, ...options.env },
  });
  const [port] = await once(createInterface(plugin.stdout), "line");
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());

  const ask = <Answer>(method: string, request: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      client[method](request, (error: Error | null, answer: Answer) => (error ? reject(error) : resolve(answer)));
    });
  return {
    ask,
    async call(method, request) {
      return (await ask<{ toObject(): Record<string, unknown> }>(method, request)).toObject();
    },
    async [Symbol.asyncDispose]() {
      client.close();
      const ended = once(plugin, "exit");
      plugin.kill();
      await ended;
    },
  };
}
