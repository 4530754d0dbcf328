import { expect, test } from "@jest/globals";
import { coreDnsObjects } from "../../src/lab/core-dns.ts";

// CoreDNS runs without root and without capabilities: listening on port 53 itself failed with "permission denied".
test("CoreDNS listens on a port that needs no rights, and the Service still answers on 53", () => {
  const text = JSON.stringify(coreDnsObjects({ image: "coredns:1", dnsService: "10.96.0.10" }));
  expect(text).toContain(".:1053 {");
  expect(text).toContain('"containerPort":1053');
  expect(text).toContain('{"name":"dns","port":53,"targetPort":"dns","protocol":"UDP"}');
  expect(text).not.toContain(".:53 {");
});
