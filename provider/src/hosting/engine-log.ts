import { credentials } from "@grpc/grpc-js";
// Generated CommonJS, whose names Node cannot see before running it.
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

/** `progress` passes: nothing is kept of it. The others stay in what the run printed. */
export type LogKind = "progress" | "info" | "warning";

/** Shows a message at a resource, or at the stack when the URN is empty. */
export type EngineLog = (urn: string, text: string, kind?: LogKind) => void;

/**
 * The engine's own log, at the address that it gave to the plugin. The plugin has no other way to show progress: what it writes to
 * its standard output ends up at the stack, and for good.
 * @param address `host:port`; without one (a lifecycle function used outside the engine) messages go nowhere
 */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined || !/^[\w.]+:\d+$/.test(address)) return () => {};
  const client = new engineService.EngineClient(address, credentials.createInsecure());
  const last = new Map<string, string>();
  return (urn, text, kind = "progress") => {
    if (last.get(urn) === text) return;
    last.set(urn, text);
    const request = new engine.LogRequest();
    request.setSeverity(kind === "warning" ? engine.LogSeverity.WARNING : engine.LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(text);
    request.setEphemeral(kind === "progress");
    // A message that cannot be shown must not fail the work it is about.
    client.log(request, () => {});
  };
}
