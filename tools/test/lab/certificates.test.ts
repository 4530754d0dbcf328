import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { createAuthority, createTokenSigningKeys } from "../../src/lab/certificates.ts";

describe("a cluster's certificates", () => {
  test("a server certificate is signed by the authority and names what it serves as", async () => {
    const authority = await createAuthority("demo-1");
    const issued = await authority.issue({
      commonName: "kube-apiserver",
      servesAs: { dns: ["kubernetes.default"], ip: ["10.96.0.1"] },
    });
    const certificate = new X509Certificate(issued.certificatePem);
    const issuer = new X509Certificate(authority.certificatePem);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.checkHost("kubernetes.default")).toBe("kubernetes.default");
    expect(certificate.checkIP("10.96.0.1")).toBe("10.96.0.1");
    expect(certificate.ca).toBe(false);
    expect(issuer.ca).toBe(true);
  });

  test("a client certificate carries user and group, as Kubernetes reads them", async () => {
    const authority = await createAuthority("demo-1");
    const { certificatePem } = await authority.issue({
      commonName: "system:node:demo-1",
      organization: "system:nodes",
    });
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject.split("\n").sort()).toEqual(["CN=system:node:demo-1", "O=system:nodes"]);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  test("each cluster has an authority of its own", async () => {
    const [one, two] = await Promise.all([createAuthority("a"), createAuthority("a")]);
    const { certificatePem } = await one.issue({ commonName: "kubernetes-admin" });
    expect(new X509Certificate(certificatePem).verify(new X509Certificate(two.certificatePem).publicKey)).toBe(false);
  });

  test("token signing keys are an RSA pair", async () => {
    const { privatePem, publicPem } = await createTokenSigningKeys();
    expect(privatePem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });
});
