import { z } from "zod";
import { KEY_BYTES } from "./aes.ts";
import { type KeyWrapper, kmsLimits } from "./key-wrapper.ts";
import { runProgram } from "./run-program.ts";

/** A program of the operator's own that talks to the KMS. docs/operations/keys.md describes what it reads and answers. */
export const ExecKms = z.strictObject({
  kind: z.literal("exec"),
  /** The program and its arguments. */
  command: z.array(z.string().min(1)).min(1),
  /** Names the key of the KMS; handed to the program. */
  keyId: z.string().min(1).max(500),
  ...kmsLimits,
});

const Wrapped = z.object({ data: z.base64().min(1).max(16_384) });
const Unwrapped = z.object({
  data: z.base64().refine((text) => Buffer.from(text, "base64").length === KEY_BYTES, "must be 32 bytes"),
});

export function execKms({
  command,
  keyId,
  timeoutMs,
}: Pick<z.infer<typeof ExecKms>, "command" | "keyId" | "timeoutMs">): KeyWrapper {
  const run = async <T>(op: "wrap" | "unwrap", data: string, schema: z.ZodType<T>): Promise<T> => {
    const output = await runProgram(command, { input: `${JSON.stringify({ op, keyId, data })}\n`, timeoutMs });
    try {
      return schema.parse(JSON.parse(output));
    } catch {
      // Not shown: the answer may hold the key.
      throw new Error(
        `the program '${command[0]}' did not answer '${op}' with {"data": "<base64>"} on standard output${op === "unwrap" ? " holding 32 bytes" : ""}`,
      );
    }
  };
  return {
    id: `exec:${keyId}`,
    wrap: async (key) => (await run("wrap", key.toString("base64"), Wrapped)).data,
    unwrap: async (wrapped) => Buffer.from((await run("unwrap", wrapped, Unwrapped)).data, "base64"),
  };
}
