import { Writable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { createLogger } from "../src/log.ts";

function capture(): { readonly lines: string[]; readonly stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, stream };
}

describe("the log", () => {
  test("never shows what is secret, at the depths at which we log objects", () => {
    const { lines, stream } = capture();
    const log = createLogger({ logLevel: "info" }, stream);
    log.info({
      authorization: "Bearer abc",
      body: { client_secret: "abc", properties: { protectedSettings: { a: "abc" } } },
    });
    expect(lines.join("")).not.toContain("abc");
    expect(lines.join("")).toContain("(secret)");
  });
});
