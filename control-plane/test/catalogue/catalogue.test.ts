import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packChart } from "@arcfleet/helm/chart";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openCatalogue } from "../../src/catalogue/catalogue.ts";
import { resolveVersion } from "../../src/catalogue/extension-type-entry.ts";

interface ChartFacts {
  name: string;
  version: string;
  annotations?: Record<string, string>;
}

describe("the catalogue", () => {
  let dir: string;
  let dataChartDir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "arcfleet-catalogue-"));
    dataChartDir = join(dir, "data");
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function writeChart(folder: string, { name, version, annotations = {} }: ChartFacts): Promise<string> {
    const path = join(dir, folder);
    await mkdir(join(path, "templates"), { recursive: true });
    await writeFile(join(path, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", name, version, annotations }));
    await writeFile(join(path, "templates", "config.yaml"), "kind: ConfigMap\n");
    await writeFile(join(path, ".helmignore"), "# generated\ngolden/\n*.md\n");
    return path;
  }

  async function saveArchive(facts: ChartFacts): Promise<void> {
    const { content } = await packChart(await writeChart(`source-${facts.name}-${facts.version}`, facts));
    await mkdir(dataChartDir, { recursive: true });
    await writeFile(join(dataChartDir, `${facts.name}-${facts.version}.tgz`), content);
  }

  const flux = (version: string, trains: string): ChartFacts => ({
    name: "microsoft.flux",
    version,
    annotations: {
      "arcfleet.dev/extension-type": "microsoft.flux",
      "arcfleet.dev/release-trains": trains,
      "arcfleet.dev/release-namespace": "flux-system",
      "arcfleet.dev/data-plane-kinds": "fluxConfiguration",
    },
  });

  const open = (chartDirs: string[] = []) =>
    openCatalogue({ chartDirs, dataChartDir, publicUrl: "https://10.0.0.1:8443" });

  test("the newest version of the train is chosen, unless one is pinned", async () => {
    for (const [version, trains] of [
      ["1.9.0", "stable"],
      ["1.10.0", "Stable, preview"],
      ["2.0.0", "preview"],
    ] as const) {
      await saveArchive(flux(version, trains));
    }
    const catalogue = await open();
    const type = catalogue.findExtensionType("Microsoft.Flux");
    if (type === undefined) throw new Error("the type is not there");
    expect(type).toMatchObject({
      name: "microsoft.flux",
      defaultReleaseNamespace: "flux-system",
      scopes: ["cluster"],
    });
    expect(catalogue.dataPlaneKinds("Microsoft.Flux")).toEqual(["fluxConfiguration"]);
    const resolve = (query: { version?: string; releaseTrain: string }) => resolveVersion(type, query);
    expect(resolve({ releaseTrain: "Stable" })).toMatchObject({
      version: "1.10.0",
      chart: {
        url: "oci://10.0.0.1:8443/charts/microsoft.flux",
        version: "1.10.0",
        digest: expect.stringMatching(/^sha256:/),
      },
    });
    expect(resolve({ releaseTrain: "preview" }).version).toBe("2.0.0");
    expect(resolve({ releaseTrain: "stable", version: "1.9.0" }).version).toBe("1.9.0");
    expect(() => resolve({ releaseTrain: "stable", version: "2.0.0" })).toThrow(
      "Extension type 'microsoft.flux' has no version '2.0.0' on release train 'stable'. Available: 2.0.0 (preview); 1.10.0 (stable, preview); 1.9.0 (stable).",
    );
  });

  test("an unknown type is not found, and sees nothing of the data plane", async () => {
    await saveArchive(flux("1.0.0", "stable"));
    const catalogue = await open();
    expect(catalogue.findExtensionType("no.such")).toBeUndefined();
    expect(catalogue.dataPlaneKinds("no.such")).toEqual([]);
  });

  test("the agents' chart is found by version, and a wrong one names those that exist", async () => {
    const agents = await writeChart("agents", { name: "azure-arc-k8sagents", version: "1.40.0" });
    await saveArchive({ name: "azure-arc-k8sagents", version: "1.41.0-beta.1" });
    const catalogue = await open([agents]);
    expect(catalogue.agentChart({ version: "1.40.0", releaseTrain: "stable" }).url).toBe(
      "oci://10.0.0.1:8443/charts/azure-arc-k8sagents",
    );
    const wrong = () => catalogue.agentChart({ version: "1.0.0", releaseTrain: "stable" });
    expect(() => wrong()).toThrow(
      "no version '1.0.0' of the agents. Available: 1.41.0-beta.1 (stable); 1.40.0 (stable).",
    );
    expect(() => wrong()).toThrow(expect.objectContaining({ code: "ValidationFailed" }));
  });

  test("a folder of charts gives all of them, and the same chart may be there twice", async () => {
    await writeChart("extensions/flux", flux("1.0.0", "stable"));
    await writeChart("extensions/other", { name: "other", version: "0.1.0" });
    await saveArchive(flux("1.0.0", "stable"));
    const catalogue = await open([join(dir, "extensions")]);
    expect(catalogue.versions("microsoft.flux")).toHaveLength(1);
    expect(catalogue.versions("other")).toHaveLength(1);
  });

  test("one version with two contents stops the start and names both", async () => {
    await saveArchive(flux("1.0.0", "stable"));
    const other = await writeChart("other", flux("1.0.0", "preview"));
    await expect(open([other])).rejects.toThrow(/microsoft\.flux 1\.0\.0 exists twice with different content/);
  });

  test("files that are no charts are refused by name", async () => {
    await mkdir(dataChartDir);
    await writeFile(join(dataChartDir, "bad.tgz"), "nonsense");
    await expect(open()).rejects.toThrow(/bad\.tgz is not a packed chart/);
    await expect(open([join(dir, "missing")])).rejects.toThrow(/cannot be read/);
  });
});
