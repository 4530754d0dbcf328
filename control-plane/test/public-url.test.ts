import { describe, expect, test } from "@jest/globals";
import { publicUrlOf, serverNamesOf } from "../src/public-url.ts";

describe("the public URL", () => {
  test.each([
    [{ host: "127.0.0.1" }, 8443, "https://127.0.0.1:8443"],
    [{ host: "0.0.0.0" }, 8443, "https://localhost:8443"],
    [{ host: "::1" }, 8443, "https://[::1]:8443"],
    // Clients compare issuers with what they were given, and URL parsers drop the default port.
    [{ host: "10.0.0.5" }, 443, "https://10.0.0.5"],
    [{ host: "0.0.0.0", publicUrl: "https://arc.example.com" }, 8443, "https://arc.example.com"],
  ])("of %j on port %d is %s", (settings, port, url) => expect(publicUrlOf(settings, port)).toBe(url));

  test("its name is in the certificate, a wildcard is not", () => {
    const settings = { host: "::", publicUrl: "https://arc.example.com:444", subjectAlternativeNames: ["10.0.0.1"] };
    expect(serverNamesOf(settings)).toEqual(["10.0.0.1", "arc.example.com"]);
  });
});
