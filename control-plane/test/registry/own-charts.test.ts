import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pullChart } from "@arcfleet/helm";
import { digestOf } from "@arcfleet/helm/chart";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addApplication } from "../../src/identity/applications.ts";
import { type Api, startApi } from "../support/api.ts";
import { putType, typePath } from "../support/charts.ts";
import { connectedCluster, extensionPath, putGroup } from "../support/cluster.ts";

const SETUP_TIMEOUT_MS = 10 * 60 * 1000;

/** The real helm against the real registry: what it sends and when is the point. */
describe("the chart of a registered type", () => {
  let api: Api;
  let helm: string;
  let home: string;
  let user: string;
  let stranger: string;

  beforeAll(async () => {
    ({ helm } = await ensureTools(["helm"], () => {}));
    api = await startApi();
    await putGroup(api);
    await putType(api, typePath(api, "contoso.podinfo"), { "1.0.0": ["Stable"], "1.1.0": ["Preview"] });
    [user, stranger] = await Promise.all([connectedCluster(api, "user"), connectedCluster(api, "stranger")]);
    await api.call("PUT", extensionPath(user), { properties: { extensionType: "contoso.podinfo" } });
  }, SETUP_TIMEOUT_MS);
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "arcfleet-own-charts-"));
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const host = () => new URL(api.controlPlane.endpoint).host;
  const chart = async () => {
    const found = await api.controlPlane.services.extensionTypes.find("contoso.podinfo");
    const version = found?.versions.find((each) => each.version === "1.0.0");
    if (version === undefined) throw new Error("the version is not there");
    return version.chart;
  };
  const pull = async (accessToken?: string, to = "home") => {
    const folder = await mkdtemp(join(home, to));
    return pullChart({ program: helm, home: folder }, await chart(), {
      caFile: api.controlPlane.services.pki.caFile,
      timeoutMs: 30_000,
      ...(accessToken === undefined ? {} : { token: { host: host(), accessToken } }),
    });
  };
  const tokenOf = async (resource: string): Promise<string> => {
    const { applications, issuer } = api.controlPlane.services.identity;
    const application = await applications.findByResource(resource);
    if (application === undefined) throw new Error(`${resource} has no identity`);
    return (await issuer.issue(application, api.controlPlane.endpoint)).accessToken;
  };

  test("is pulled by a cluster that has an extension of it", async () => {
    const archive = await readFile(await pull(await tokenOf(user)));
    expect(digestOf(archive)).toBe((await chart()).digest);
  });

  test("is refused to everyone else: without a token, with a wrong one, to another cluster, to people without a role", async () => {
    const { store, identity } = api.controlPlane.services;
    const nobody = await store.write((tx) => addApplication(tx, { kind: "Application", name: "nobody" }, api.clock));
    const { accessToken } = await identity.issuer.issue(nobody, api.controlPlane.endpoint);
    await expect(pull()).rejects.toThrow(/401|basic credential not found/i);
    await expect(pull("forged")).rejects.toThrow(/401/);
    await expect(pull(await tokenOf(stranger))).rejects.toThrow(/403/);
    await expect(pull(accessToken)).rejects.toThrow(/403/);
  });

  test("tells nobody without a right whether it exists", async () => {
    const authorization = `Basic ${Buffer.from(`x:${await tokenOf(stranger)}`).toString("base64")}`;
    const ask = (name: string) =>
      api.call("GET", `/v2/extension-types/${name}/tags/list?api-version=x`, undefined, { authorization });
    const [there, nowhere] = await Promise.all([ask("contoso.podinfo"), ask("contoso.nothing")]);
    expect(there.status).toBe(403);
    expect(nowhere.text).toBe(there.text.replaceAll("contoso.podinfo", "contoso.nothing"));
  });

  test("is there for people who may read the type, with every version as a tag", async () => {
    const tags = await api.call("GET", "/v2/extension-types/Contoso.Podinfo/tags/list?api-version=x");
    expect(tags.body).toEqual({ name: "extension-types/contoso.podinfo", tags: ["1.0.0", "1.1.0"] });
    const nowhere = await api.call("GET", "/v2/extension-types/contoso.nothing/tags/list?api-version=x");
    expect(nowhere.status).toBe(404);
  });
});
