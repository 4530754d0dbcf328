import { Writable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { createLogger } from "../src/log.ts";
import { publicUrlOf, serverNamesOf } from "../src/public-url.ts";

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

describe("the public URL", () => {
  test.each([
    [{ host: "127.0.0.1" }, "https://127.0.0.1:8443"],
    [{ host: "0.0.0.0" }, "https://localhost:8443"],
    [{ host: "::1" }, "https://[::1]:8443"],
    [{ host: "0.0.0.0", publicUrl: "https://arc.example.com" }, "https://arc.example.com"],
  ])("of %j is %s", (settings, url) => expect(publicUrlOf(settings, 8443)).toBe(url));

  test("its name is in the certificate, a wildcard is not", () => {
    const settings = { host: "::", publicUrl: "https://arc.example.com:444", subjectAlternativeNames: ["10.0.0.1"] };
    expect(serverNamesOf(settings)).toEqual(["10.0.0.1", "arc.example.com"]);
  });
});
