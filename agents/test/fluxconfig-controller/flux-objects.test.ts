import { describe, expect, test } from "@jest/globals";
import { bindingOf } from "../../src/fluxconfig-controller/applier.ts";
import {
  authSecretData,
  needsGeneratedKey,
  tlsSecretData,
  verifySecretData,
} from "../../src/fluxconfig-controller/auth-secret.ts";
import { parseInventoryId } from "../../src/fluxconfig-controller/flux-children.ts";
import { kustomizationObject, relativePath } from "../../src/fluxconfig-controller/kustomization-object.ts";
import { gitUrl, sourceObject } from "../../src/fluxconfig-controller/source-object.ts";
import { makeSshKeyPair } from "../../src/fluxconfig-controller/ssh-key-pair.ts";
import { fluxConfig } from "./sample.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const timing = { syncInterval: "5m0s", timeout: "1m0s" };
const git = (url: string, more = {}) =>
  fluxConfig({ gitRepository: { url, ref: { branch: "main" }, ...timing, ...more } });

const none = { hasSecret: false, hasTlsSecret: false, hasVerifySecret: false };
const some = { ...none, hasSecret: true };

describe("a source", () => {
  test("of Git", () => {
    expect(sourceObject(git("https://example.com/a.git"), some)).toMatchObject({
      metadata: { name: "fleet", namespace: "team", labels: { "clusterconfig.azure.com/fluxconfig": "fleet" } },
      spec: {
        url: "https://example.com/a.git",
        ref: { branch: "main" },
        interval: "5m0s",
        timeout: "1m0s",
        suspend: false,
        secretRef: { name: "fleet-auth" },
      },
    });
  });

  test("without credentials names no secret", () => {
    expect(sourceObject(git("https://example.com/a.git"), none).spec).not.toHaveProperty("secretRef");
  });

  test("with a secret of the user's own refers to that", () => {
    const config = git("https://example.com/a.git", { localAuthRef: { name: "mine" } });
    expect(sourceObject(config, none).spec).toMatchObject({ secretRef: { name: "mine" } });
  });

  test("of a bucket has its host as the endpoint", () => {
    const bucket = { url: "https://minio.example.com:9000/", name: "b", insecure: false, ...timing };
    expect(sourceObject(fluxConfig({ sourceKind: "Bucket", bucket }), none).spec).toMatchObject({
      endpoint: "minio.example.com:9000",
      bucketName: "b",
      provider: "generic",
    });
  });

  test("of a blob container is a bucket of Azure", () => {
    const azureBlob = { url: "https://x.blob.core.windows.net", containerName: "c", ...timing };
    expect(sourceObject(fluxConfig({ sourceKind: "AzureBlob", azureBlob }), none).spec).toMatchObject({
      endpoint: "https://x.blob.core.windows.net",
      bucketName: "c",
      provider: "azure",
    });
  });

  test("of OCI", () => {
    const ociRepository = { url: "oci://r.example.com/a", insecure: false, ref: { tag: "v1" }, ...timing };
    expect(sourceObject(fluxConfig({ sourceKind: "OCIRepository", ociRepository }), none).spec).toMatchObject({
      url: "oci://r.example.com/a",
      ref: { tag: "v1" },
    });
  });

  test("of OCI with a layer, a signature, TLS and the identity of the controller", () => {
    const ociRepository = {
      url: "oci://r.example.com/a",
      insecure: false,
      ref: {},
      ...timing,
      layerSelector: { mediaType: "application/x", operation: "copy" as const },
      verify: { provider: "cosign" as const, matchOidcIdentity: [{ issuer: "i", subject: "s" }] },
      useWorkloadIdentity: true,
    };
    const config = fluxConfig({ sourceKind: "OCIRepository", ociRepository });
    expect(sourceObject(config, { hasSecret: false, hasTlsSecret: true, hasVerifySecret: true }).spec).toMatchObject({
      layerSelector: { mediaType: "application/x", operation: "copy" },
      verify: {
        provider: "cosign",
        secretRef: { name: "fleet-verify" },
        matchOIDCIdentity: [{ issuer: "i", subject: "s" }],
      },
      provider: "azure",
      certSecretRef: { name: "fleet-tls" },
    });
  });

  test("whose block is missing is refused with the reason", () => {
    expect(() => sourceObject(fluxConfig({ sourceKind: "Bucket" }), none)).toThrow("spec.sourceKind is Bucket");
  });

  test.each([
    ["git@github.com:org/repo.git", "ssh://git@github.com/org/repo.git"],
    ["git@host:/abs/repo", "ssh://git@host/abs/repo"],
    ["ssh://git@host:2222/repo", "ssh://git@host:2222/repo"],
    ["https://user@host/repo", "https://user@host/repo"],
  ])("url %s is %s to Flux", (url, flux) => expect(gitUrl(url)).toBe(flux));
});

describe("a kustomization", () => {
  const kustomization = {
    name: "apps",
    path: "",
    dependsOn: ["infra"],
    ...timing,
    prune: true,
    force: false,
    wait: true,
  };

  test("acts as flux-applier on the configuration's source, after the others it depends on", () => {
    expect(kustomizationObject(fluxConfig({ suspend: true }), kustomization)).toMatchObject({
      metadata: { name: "fleet-apps", namespace: "team" },
      spec: {
        sourceRef: { kind: "GitRepository", name: "fleet" },
        dependsOn: [{ name: "fleet-infra" }],
        path: "./",
        prune: true,
        suspend: true,
        serviceAccountName: "flux-applier",
      },
    });
  });

  test.each([
    ["", "./"],
    [".", "./"],
    ["./", "./"],
    ["/", "./"],
    ["apps", "./apps"],
    ["./apps", "./apps"],
    ["/apps/prod", "./apps/prod"],
    ["../up", "./../up"],
    [".hidden", "./.hidden"],
  ])("path %j is %s", (path, flux) => expect(relativePath(path)).toBe(flux));
});

describe("rights", () => {
  test("of cluster scope reach everywhere", () => {
    expect(bindingOf(fluxConfig())).toMatchObject({
      metadata: { name: "fluxconfig-team-fleet" },
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ name: "flux-applier", namespace: "team" }],
    });
  });

  test("of namespace scope end at the namespace", () => {
    expect(bindingOf(fluxConfig({ scope: "namespace" })).metadata).toMatchObject({
      name: "fleet-flux-applier",
      namespace: "team",
    });
  });
});

describe("credentials", () => {
  test("for https are user, key and CA", () => {
    const config = git("https://h/a", { httpsUser: "u", httpsCACert: base64("CA") });
    expect(authSecretData(config, { httpsKey: base64("k") })).toEqual({ username: "u", password: "k", "ca.crt": "CA" });
  });

  test("for ssh are key and known hosts", () => {
    const config = git("ssh://git@h/a", { sshKnownHosts: base64("hosts") });
    expect(authSecretData(config, { sshPrivateKey: base64("key") })).toEqual({ identity: "key", known_hosts: "hosts" });
  });

  test("for a bucket are its two keys", () => {
    const bucket = { url: "h", name: "b", insecure: true, ...timing, accessKey: "a" };
    const config = fluxConfig({ sourceKind: "Bucket", bucket });
    expect(authSecretData(config, { bucketSecretKey: base64("s") })).toEqual({ accesskey: "a", secretkey: "s" });
  });

  test("for a blob container are what Flux calls them", () => {
    const azureBlob = { url: "https://x", containerName: "c", ...timing };
    const blob = (more: object) => fluxConfig({ sourceKind: "AzureBlob", azureBlob: { ...azureBlob, ...more } });
    expect(authSecretData(blob({}), { "azureBlob.accountKey": base64("k") })).toEqual({ accountKey: "k" });
    expect(authSecretData(blob({}), { "azureBlob.sasToken": base64("t") })).toEqual({ sasKey: "t" });
    expect(authSecretData(blob({ managedIdentityClientId: "m" }), {})).toEqual({ clientId: "m" });
    expect(authSecretData(blob({}), {})).toBeUndefined();
    expect(
      authSecretData(blob({ servicePrincipal: { clientId: "i", tenantId: "t", clientCertificateSendChain: true } }), {
        "azureBlob.servicePrincipal.clientCertificate": Buffer.from([0, 255]).toString("base64"),
        "azureBlob.servicePrincipal.clientCertificatePassword": base64("p"),
      }),
    ).toEqual({
      clientId: "i",
      tenantId: "t",
      clientCertificate: Buffer.from([0, 255]),
      clientCertificatePassword: "p",
      clientCertificateSendChain: "true",
    });
  });

  test("for the TLS and the signatures of OCI are secrets of their own", () => {
    const ociRepository = {
      url: "oci://r/a",
      insecure: false,
      ref: {},
      ...timing,
      verify: { provider: "cosign" as const, verificationConfig: { "a.pub": base64("key") } },
    };
    const config = fluxConfig({ sourceKind: "OCIRepository", ociRepository });
    expect(authSecretData(config, {})).toBeUndefined();
    expect(tlsSecretData(config, { "ociRepository.tlsConfig.caCertificate": base64("CA") })).toEqual({
      "ca.crt": Buffer.from("CA"),
    });
    expect(tlsSecretData(config, {})).toBeUndefined();
    expect(verifySecretData(config)).toEqual({ "a.pub": Buffer.from("key") });
    expect(verifySecretData(git("https://h/a"))).toBeUndefined();
  });

  test("are none for an open repository, and none where the user has a secret of his own", () => {
    expect(authSecretData(git("https://h/a"), {})).toBeUndefined();
    expect(
      authSecretData(git("https://h/a", { localAuthRef: { name: "x" } }), { httpsKey: base64("k") }),
    ).toBeUndefined();
  });

  test.each<[string, Record<string, string>, boolean]>([
    ["ssh://git@h/a", {}, true],
    ["git@h:a", {}, true],
    ["ssh://git@h/a", { sshPrivateKey: base64("k") }, false],
    ["https://h/a", {}, false],
  ])("%s with %j: a key pair is made: %p", (url, parameters, made) =>
    expect(needsGeneratedKey(git(url), parameters)).toBe(made),
  );

  test("a key pair that was made is one that ssh can read", async () => {
    const { privateKey, publicKey } = await makeSshKeyPair("team/fleet");
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const [type, blob = "", comment] = publicKey.split(" ");
    expect([type, comment]).toEqual(["ssh-ed25519", "team/fleet"]);
    const bytes = Buffer.from(blob, "base64");
    expect(bytes.readUInt32BE(0)).toBe(11);
    expect(bytes.subarray(4, 15).toString()).toBe("ssh-ed25519");
    expect(bytes.length).toBe(4 + 11 + 4 + 32);
  });
});

describe("an inventory entry", () => {
  test.each([
    [
      "team_podinfo_helm.toolkit.fluxcd.io_HelmRelease",
      { namespace: "team", name: "podinfo", group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" },
    ],
    ["_demo__Namespace", { namespace: "", name: "demo", group: "", kind: "Namespace" }],
    [
      "_system__x_rbac.authorization.k8s.io_ClusterRole",
      { namespace: "", name: "system:x", group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
    ],
    ["nonsense", undefined],
  ])("%s", (id, parsed) => expect(parseInventoryId(id)).toEqual(parsed));
});
