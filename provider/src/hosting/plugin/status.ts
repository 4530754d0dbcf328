import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { HalfMadeError } from "../../lifecycle/half-made.ts";
import { structOf } from "./properties.ts";

/** An error as gRPC carries it. That of a half-made resource brings along what exists, so that the engine keeps it. */
export function statusOf(error: unknown, secrets: readonly string[]): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HalfMadeError)) return { code: status.UNKNOWN, details: message };

  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(structOf(error.properties, secrets));
  detail.setReasonsList([...error.reasons]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const whole = new statuses.Status();
  whole.setCode(status.UNKNOWN);
  whole.setMessage(message);
  whole.addDetails(packed);
  const metadata = new Metadata();
  // The field in which gRPC libraries of every language look for details.
  metadata.add("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
  return { code: status.UNKNOWN, details: message, metadata };
}
