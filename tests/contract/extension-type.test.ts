import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packChart } from "@arcfleet/helm/chart";
import { create, kindOf, type LifecycleContext, read, remove, update } from "@arcfleet/provider/lifecycle";
import { listExtensionTypes, lookupClient } from "@arcfleet/provider/lookups";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startControlPlane } from "../support/control-plane.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";
import { useWorld } from "./world.ts";

/** What becomes of the program's charts between the provider and the service; the engine adds nothing to it. */
describe("an extension type's charts", () => {
  const world = useWorld(startControlPlane);
  const kind = kindOf("extensionType");
  let folder: TempFolder;
  let chart: string;
  beforeAll(async () => {
    folder = await tempFolder("charts");
    chart = join(folder.path, "greeter");
    await cp(join(repositoryRoot, "examples/own-extension-type/charts/greeter"), chart, { recursive: true });
  });
  afterAll(async () => {
    await folder?.[Symbol.asyncDispose]();
  });

  /** A verb's context for a program whose charts lie at these paths, and what it sent. */
  async function program(charts: Readonly<Record<string, string>>) {
    const { connection } = world.arm;
    const { client, settings } = await lookupClient(
      Object.fromEntries(Object.entries(connection).map(([key, value]) => [`arcfleet:${key}`, value])),
    );
    const sent: string[] = [];
    const context: LifecycleContext = {
      settings,
      client: {
        ...client,
        send: (request) => {
          sent.push(request.method);
          return client.send(request);
        },
      },
      hints: { charts },
      say: () => {},
      warn: () => {},
      signal: new AbortController().signal,
    };
    return { context, sent };
  }
  const digest = async (): Promise<string> => (await packChart(chart)).contentDigest;
  const resourceGroup = (): string => world.group.slice(world.group.lastIndexOf("/") + 1);

  test("are uploaded when the control plane lacks them, and only then; what is read is what was declared", async () => {
    const { context, sent } = await program({ "1.0.0": chart });
    const versions = { "1.0.0": { chartDigest: await digest(), releaseTrains: ["Stable"] } };
    const inputs = { resourceGroup: resourceGroup(), name: "contoso.greeter", versions };
    const { id, state } = await create(kind, context, inputs);
    expect(sent).toEqual(["GET", "PUT"]);

    const changed = { ...inputs, description: "Greets" };
    const after = await update(kind, context, id, state, changed);
    expect(sent).toEqual(["GET", "PUT", "GET"]);
    expect((await read(kind, context, id, after))?.inputs).toEqual(changed);

    const listed = await listExtensionTypes({ client: context.client, settings: context.settings });
    expect(listed).toContainEqual({
      extensionType: "contoso.greeter",
      description: "Greets",
      publisher: "",
      defaultReleaseNamespace: "contoso-greeter",
      versions: ["1.0.0"],
    });
    const onTrain = await listExtensionTypes(
      { client: context.client, settings: context.settings },
      { releaseTrain: "Nightly" },
    );
    expect(onTrain.map(({ extensionType }) => extensionType)).not.toContain("contoso.greeter");

    await remove(kind, context, id, after);
    expect(await read(kind, context, id, after)).toBeUndefined();
  });

  test("are refused when they changed since the program looked, or when nobody knows where they lie", async () => {
    const chartDigest = await digest();
    const inputs = { resourceGroup: resourceGroup(), name: "contoso.moved", versions: { "1.0.0": { chartDigest } } };
    await expect(create(kind, (await program({})).context, inputs)).rejects.toThrow(/does not say where it lies/);
    await writeFile(join(chart, "values.yaml"), "greeting: Goodbye\n");
    await expect(create(kind, (await program({ "1.0.0": chart })).context, inputs)).rejects.toThrow(
      `The chart in ${chart} changed while the program ran: it was ${chartDigest}`,
    );
  });
});
