import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Running, runControlPlane } from "../support/running.ts";

const run = promisify(execFile);
const SETUP_TIMEOUT_MS = 10 * 60 * 1000;

describe("the charts as an OCI registry", () => {
  let running: Running;
  let charts: string;
  let helm: string;

  beforeAll(async () => {
    ({ helm } = await ensureTools(["helm"], () => {}));
    charts = await mkdtemp(join(tmpdir(), "arcfleet-registry-"));
    for (const version of ["1.40.0", "1.41.0-beta.1+build.5"]) {
      const folder = join(charts, version);
      await mkdir(join(folder, "templates"), { recursive: true });
      await writeFile(
        join(folder, "Chart.yaml"),
        `apiVersion: v2\nname: azure-arc-k8sagents\nversion: ${version}\nannotations:\n  arcfleet.dev/release-trains: stable, preview\n`,
      );
      await writeFile(join(folder, "templates", "config.yaml"), "kind: ConfigMap\n");
    }
    running = await runControlPlane({ chartDirs: [charts] });
  }, SETUP_TIMEOUT_MS);
  afterAll(async () => {
    await running?.close();
    await rm(charts, { recursive: true, force: true });
  });

  const reference = (path: string) => `oci://${new URL(running.controlPlane.endpoint).host}/${path}`;
  const home = () => join(charts, ".helm");
  const pull = (path: string, version: string, into: string) =>
    run(
      helm,
      [
        "pull",
        reference(path),
        "--version",
        version,
        "--ca-file",
        running.controlPlane.services.pki.caFile,
        "--destination",
        into,
      ],
      { env: { HELM_CACHE_HOME: home(), HELM_CONFIG_HOME: home(), HELM_DATA_HOME: home() }, timeout: 30_000 },
    );

  test.each([
    ["charts/azure-arc-k8sagents", "1.40.0"],
    ["charts/v2/azure-arc-k8sagents", "1.40.0"],
    ["charts/azure-arc-k8sagents", "1.41.0-beta.1+build.5"],
  ])("helm pulls %s %s, and the archive has the digest that the catalogue tells", async (path, version) => {
    const into = await mkdtemp(join(charts, "pulled-"));
    await pull(path, version, into);
    const archive = await readFile(join(into, `azure-arc-k8sagents-${version}.tgz`));
    const { digest } = running.controlPlane.services.catalogue.agentChart({ version, releaseTrain: "stable" });
    expect(`sha256:${createHash("sha256").update(archive).digest("hex")}`).toBe(digest);
  });

  test("helm's error for a version that does not exist is about the version", async () => {
    await expect(pull("charts/azure-arc-k8sagents", "9.9.9", charts)).rejects.toThrow(/9\.9\.9/);
  });

  test("manifests answer by tag and by digest, blobs with their type, tags as a list", async () => {
    const get = (path: string) => running.request("GET", `/v2/charts/azure-arc-k8sagents/${path}`);
    const manifest = await get("manifests/1.40.0");
    expect(manifest.headers["content-type"]).toBe("application/vnd.oci.image.manifest.v1+json");
    const digest = String(manifest.headers["docker-content-digest"]);
    expect(digest).toBe(`sha256:${createHash("sha256").update(manifest.body).digest("hex")}`);
    expect((await get(`manifests/${digest}`)).body).toBe(manifest.body);
    const { config } = manifest.json();
    expect(JSON.parse((await get(`blobs/${config.digest}`)).body)).toMatchObject({ name: "azure-arc-k8sagents" });
    expect((await get("tags/list")).json()).toEqual({
      name: "charts/azure-arc-k8sagents",
      tags: ["1.41.0-beta.1_build.5", "1.40.0"],
    });
  });

  test.each([
    ["/v2/charts/none/tags/list", "NAME_UNKNOWN"],
    ["/v2/charts/azure-arc-k8sagents/manifests/none", "MANIFEST_UNKNOWN"],
    ["/v2/charts/azure-arc-k8sagents/blobs/sha256:00", "BLOB_UNKNOWN"],
    ["/v2/..%2f..%2fetc%2fpasswd", "NAME_UNKNOWN"],
  ])("%s answers in the registry's own error form", async (path, code) => {
    const answer = await running.request("GET", path);
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({ errors: [{ code, message: expect.any(String) }] });
  });

  test("HEAD tells size and digest without the content", async () => {
    const answer = await running.controlPlane.app.inject({
      method: "HEAD",
      url: "/v2/charts/azure-arc-k8sagents/manifests/1.40.0",
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["docker-content-digest"]).toMatch(/^sha256:/);
    expect(Number(answer.headers["content-length"])).toBeGreaterThan(100);
    expect(answer.body).toBe("");
  });
});
