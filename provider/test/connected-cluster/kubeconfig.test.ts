import { webcrypto } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { chooseContext } from "../../src/connected-cluster/kubeconfig.ts";

const kubeconfig = (options: { server?: string; user?: string; cluster?: string; context?: string } = {}): string => `
apiVersion: v1
kind: Config
current-context: one
clusters:
  - name: c
    cluster: { server: "${options.server ?? "https://10.0.0.1:6443"}"${options.cluster ?? ""} }
users:
  - name: u
    user: { ${options.user ?? "token: t"} }
contexts:
  - name: one
    context: { cluster: c, user: u }
  - name: broken
    context: ${options.context ?? "{ cluster: nowhere, user: u }"}
`;

describe("a kubeconfig", () => {
  test("is read with its current context", () => {
    expect(chooseContext(kubeconfig(), undefined)).toMatchObject({
      context: "one",
      user: "u",
      server: "https://10.0.0.1:6443",
    });
  });

  const cases = [
    [
      "that is a path instead of the text",
      "./east.kubeconfig",
      undefined,
      /takes the text of the file, not its path|no contexts/,
    ],
    ["that is no YAML", "{{{", undefined, /cannot be read/],
    ["without contexts", "apiVersion: v1\nkind: Config\n", undefined, /has no contexts at all/],
    ["without the wanted context", kubeconfig(), "two", /no context 'two': it has the contexts one, broken/],
    ["whose context names a missing cluster", kubeconfig(), "broken", /names a cluster that is not in it/],
    [
      "that turns verification off",
      kubeconfig({ cluster: ", insecure-skip-tls-verify: true" }),
      undefined,
      /insecure-skip-tls-verify/,
    ],
    ["without TLS", kubeconfig({ server: "http://10.0.0.1:8080" }), undefined, /must begin with https/],
    [
      "with a client certificate that is none",
      kubeconfig({ user: "client-certificate-data: bm8=" }),
      undefined,
      /is not a certificate/,
    ],
  ] as const;
  test.each(cases)("%s is refused in words", (_title, text, context, message) => {
    expect(() => chooseContext(text, context)).toThrow(message);
  });

  test("with an expired client certificate is refused with the date", async () => {
    // The library needs it, and must find it first.
    await import("reflect-metadata");
    const { X509CertificateGenerator } = await import("@peculiar/x509");
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const certificate = await X509CertificateGenerator.createSelfSigned(
      {
        name: "CN=admin",
        notBefore: new Date("2024-01-01"),
        notAfter: new Date("2025-01-01T00:00:00Z"),
        keys: await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
        signingAlgorithm: algorithm,
      },
      webcrypto,
    );
    const data = Buffer.from(certificate.toString("pem")).toString("base64");
    const text = kubeconfig({ user: `client-certificate-data: ${data}` });
    expect(() => chooseContext(text, undefined, { now: () => new Date("2025-06-01") })).toThrow(
      /'u' .* expired on 2025-01-01T00:00:00.000Z/,
    );
    expect(chooseContext(text, undefined, { now: () => new Date("2024-06-01") }).user).toBe("u");
  });
});
