/**
 * More custom resources in etcd, as the API server would have written them: the stored text of some is written again under other names. The
 * counterpart of copy-clusters.ts; the API server watches etcd and learns of them as of what another API server wrote.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Copies } from "./copies.ts";

export interface CopyCustomResources extends Copies {
  readonly etcdUrl: string;
  /** `/registry/{group}/{plural}`. */
  readonly folder: string;
}

/** etcd takes 128 operations in a transaction. */
const perTransaction = 100;

const Range = z.object({ kvs: z.array(z.object({ value: z.string() })) });
const Done = z.object({ succeeded: z.literal(true) });

const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (text: string): string => Buffer.from(text, "base64").toString();

export async function copyCustomResources(copy: CopyCustomResources): Promise<void> {
  const { folder, from, to, nameOf, log, signal } = copy;
  const call = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${copy.etcdUrl}${path}`, { method: "POST", body: JSON.stringify(body), signal });
    if (answer.status !== 200) throw new Error(`etcd: ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const originals = await Promise.all(
    copy.originals.map(async (name) => {
      const [found] = Range.parse(await call("/v3/kv/range", { key: encode(`${folder}/${name}`) })).kvs;
      if (found === undefined) throw new Error(`etcd holds no ${folder}/${name}`);
      return { name, text: decode(found.value) };
    }),
  );
  for (let start = from; start < to; start += perTransaction) {
    const success = Array.from({ length: Math.min(perTransaction, to - start) }, (_, index) => {
      const number = start + index;
      const original = originals[number % originals.length];
      if (original === undefined) throw new TypeError("there is nothing to copy");
      const value = original.text
        .replaceAll(original.name, nameOf(number))
        .replace(/"uid":"[0-9a-f-]{36}"/, `"uid":"${randomUUID()}"`);
      return { requestPut: { key: encode(`${folder}/${nameOf(number)}`), value: encode(value) } };
    });
    Done.parse(await call("/v3/kv/txn", { success }));
    if (start % 25_000 < perTransaction && start > from) log(`peer: ${start} of ${to} custom resources are there`);
  }
}
