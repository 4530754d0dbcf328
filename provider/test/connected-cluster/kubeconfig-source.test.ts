import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { chooseContext } from "../../src/connected-cluster/kubeconfig.ts";
import { KubeconfigSource } from "../../src/connected-cluster/kubeconfig-source.ts";
import { kubeconfigText } from "../../src/connected-cluster/kubeconfig-text.ts";

const document = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "one",
  clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443", "certificate-authority": "ca.crt" } }],
  users: [
    { name: "u", user: { token: "secret-of-one" } },
    { name: "v", user: { exec: { command: "./login", apiVersion: "v1" } } },
  ],
  contexts: [
    { name: "one", context: { cluster: "c", user: "u" } },
    { name: "two", context: { cluster: "c", user: "v", namespace: "n" } },
  ],
};

const folder = mkdtempSync(join(tmpdir(), "arcfleet-source-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "kubeconfig");
writeFileSync(file, JSON.stringify(document));

describe("a source of a kubeconfig", () => {
  test("is a text, a file, an object: all of them lead to the same cluster", () => {
    for (const source of [JSON.stringify(document), { path: file }, document]) {
      expect(chooseContext(source, undefined)).toMatchObject({ context: "one", server: "https://10.0.0.1:6443" });
    }
  });

  test("that is a file is read again for new credentials, a text is not", () => {
    const path = join(folder, "renewed");
    const withToken = (token: string) => ({ ...document, users: [{ name: "u", user: { token } }] });
    writeFileSync(path, JSON.stringify(withToken("old")));
    const chosen = chooseContext({ path }, undefined);
    writeFileSync(path, JSON.stringify(withToken("new")));
    expect(chosen.access.token).toBe("old");
    expect(chosen.renew?.().access.token).toBe("new");
    expect(chooseContext(JSON.stringify(document), undefined).renew).toBeUndefined();
  });

  test("that is a file brings the files beside it along", () => {
    const chosen = chooseContext({ path: file }, "two");
    expect(chosen.document.clusters[0]?.cluster["certificate-authority"]).toBe(join(folder, "ca.crt"));
    expect(chosen.access.exec?.command).toBe(join(folder, "login"));
  });

  test("that is a missing file is named with what to do", () => {
    expect(() => chooseContext({ path: "./nowhere/kubeconfig" }, undefined)).toThrow(
      /\/nowhere\/kubeconfig cannot be read: .*ENOENT.*for destroying it too/s,
    );
  });

  test("that is a folder, or no YAML, is named", () => {
    mkdirSync(join(folder, "dir"), { recursive: true });
    writeFileSync(join(folder, "broken"), "{{{");
    expect(() => chooseContext({ path: join(folder, "dir") }, undefined)).toThrow(/dir cannot be read: .*EISDIR/);
    expect(() => chooseContext({ path: join(folder, "broken") }, undefined)).toThrow(/broken cannot be read.*not YAML/);
  });

  test("of a kind that Kubernetes gave up is refused with what replaced it", () => {
    const users = [{ name: "u", user: { "auth-provider": { name: "gcp" } } }];
    expect(() => chooseContext({ ...document, users }, undefined)).toThrow(/auth-provider 'gcp'.*1\.26/);
  });

  test("with a misspelt field says which", () => {
    expect(KubeconfigSource.safeParse({ path: "x", contxt: "y" }).error?.issues[0]?.message).toMatch(/contxt/);
  });

  const wrong = [[{ file: "x" }], [{ inCluster: false }], [5]] as const;
  test.each(wrong)("is not %j, and the message lists what there is", (source) => {
    expect(KubeconfigSource.safeParse(source).error?.issues[0]?.message).toMatch(
      /the text .* \{ path: … \}.*inCluster/,
    );
  });
});

describe("the pod that Pulumi runs in", () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test("is a kubeconfig with the token in its file", () => {
    Object.assign(process.env, { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" });
    const chosen = chooseContext({ inCluster: true }, undefined);
    expect(chosen.server).toBe("https://[fd00::1]:443");
    expect(chosen.access).toEqual({ tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" });
    expect(chosen.renew).toBeDefined();
  });

  test("is missed in words anywhere else", () => {
    delete process.env.KUBERNETES_SERVICE_HOST;
    expect(() => chooseContext({ inCluster: true }, undefined)).toThrow(/only where Pulumi runs in a pod/);
  });
});

test("the text for other providers holds the chosen context and no other's credentials", () => {
  const text = kubeconfigText({ path: file, context: "two" }, undefined);
  expect(JSON.parse(text)).toMatchObject({
    "current-context": "two",
    contexts: [{ name: "two", context: { namespace: "n" } }],
    users: [{ name: "v" }],
  });
  expect(text).not.toContain("secret-of-one");
});
