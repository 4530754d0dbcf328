import type { Readable } from "node:stream";

/** More than any header of git. */
const longestHead = 16_384;

/**
 * Reads the header of a CGI answer and leaves the stream at the body.
 * @throws when the program ends before its header does
 */
export async function readCgiHead(
  stream: Readable,
): Promise<{ status: number; headers: Record<string, string>; rest: Buffer }> {
  let seen = Buffer.alloc(0);
  for (;;) {
    const chunk = await nextChunk(stream);
    if (chunk === undefined) throw new Error("ended without an answer");
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf("\r\n\r\n");
    if (end >= 0) return { ...parseHead(seen.subarray(0, end).toString("latin1")), rest: seen.subarray(end + 4) };
    if (seen.length > longestHead) throw new Error("the header of its answer does not end");
  }
}

function parseHead(text: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const at = line.indexOf(":");
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  const { status = "200 OK", ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others };
}

/** One chunk without ending the stream, as `for await` would; undefined at its end. */
function nextChunk(stream: Readable): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      stream.off("readable", onReadable).off("end", onEnd).off("error", onError);
      act();
    };
    const onReadable = () => {
      const chunk: unknown = stream.read();
      if (Buffer.isBuffer(chunk)) settle(() => resolve(chunk))();
    };
    const onEnd = settle(() => resolve(undefined));
    const onError = (error: Error) => settle(() => reject(error))();
    stream.on("readable", onReadable).on("end", onEnd).on("error", onError);
    onReadable();
  });
}
