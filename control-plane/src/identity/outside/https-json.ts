import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { getCACertificates } from "node:tls";

const timeoutMs = 5000;
const maxBytes = 512 * 1024;

/**
 * Fetches a document of an issuer that an administrator registered: https with a verified certificate only, no redirects (they could
 * lead anywhere), not longer than five seconds, not larger than half a megabyte.
 */
export async function fetchOutside(url: string, caPem: string | undefined): Promise<Response> {
  if (!url.startsWith("https://")) throw new Error(`'${url}' is not an https address`);
  const ca = caPem === undefined ? {} : { ca: [...getCACertificates("default"), caPem] };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(url, {
    ...ca,
    // The whole exchange, not only the silence in it.
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: "application/json" },
    agent: false,
  });
  outgoing.once("response", resolve).once("error", reject).end();
  const answer = await promise;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) throw new Error("The answer came as text");
    size += chunk.length;
    if (size > maxBytes) {
      outgoing.destroy();
      throw new Error(`${url} answers with more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (answer.statusCode !== 200) throw new Error(`${url} answers ${answer.statusCode}`);
  return new Response(Buffer.concat(chunks), { status: 200 });
}
