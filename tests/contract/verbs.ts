import { isTerminal, Page, type ResourceKey, registry } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { variations } from "./variations.ts";
import { errorOf, newSubject, resourceOf, type StartControlPlane, useWorld } from "./world.ts";

const entries = Object.entries(registry) as [ResourceKey, (typeof registry)[ResourceKey]][];

/** What every registered type must do, whatever it is. */
export function describeVerbs(start: StartControlPlane): void {
  const world = useWorld(start);

  describe.each(entries)("%s", (key, definition) => {
    const variation = variations[key];

    test("does not exist before it is put, and the answer is the error that clients look for", async () => {
      const subject = await newSubject(world, definition);
      expect(errorOf(await subject.get())).toBe("404 ResourceNotFound");
      expect((await subject.delete()).status).toBe(204);
    });

    test("put creates it, the operation ends, and reading it shows the success", async () => {
      const subject = await newSubject(world, definition);
      const created = await subject.put();
      expect({ status: created.status, text: created.text }).toMatchObject({ status: 201 });
      expect(resourceOf(created)).toMatchObject({ id: subject.id, type: definition.typeField });
      expect(created.headers["azure-asyncoperation"]).toContain(`${world.arm.connection.endpoint}/`);
      const { provisioningState = "" } = resourceOf(created).properties;
      if (!isTerminal(provisioningState)) expect(created.headers["retry-after"]).toBe("1");

      expect(await subject.ended(created)).toMatchObject({ status: "Succeeded" });
      const read = resourceOf(await subject.get());
      expect(read.properties.provisioningState).toBe("Succeeded");
      expect(definition.output.safeParse(read.properties).error?.message).toBeUndefined();
      if (definition.hasIdentity) expect(read.identity?.principalId).toMatch(/^[0-9a-f-]{36}$/);
    });

    test("put again with the same content answers 200, keeps the ETag and starts no work", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const before = resourceOf(await subject.get());
      const again = await subject.put();
      expect(again.status).toBe(200);
      expect(resourceOf(again)).toMatchObject({ etag: before.etag, properties: { provisioningState: "Succeeded" } });
    });

    test("put of what was read changes nothing: read-only fields are ignored", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const before = await subject.get();
      const echoed = await world.arm.call(subject.url(), { method: "PUT", body: before.json });
      expect(echoed.status).toBe(200);
      expect(echoed.json).toEqual(before.json);
    });

    test("put with a change answers 200 and another ETag", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const before = resourceOf(await subject.get());
      const changed = await subject.put(variation.changed);
      expect(changed.status).toBe(200);
      expect(resourceOf(changed).properties).toMatchObject(variation.changed);
      expect(resourceOf(changed).etag).not.toBe(before.etag);
      expect(await subject.ended(changed)).toMatchObject({ status: "Succeeded" });
    });

    test("patch merges what the type allows", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const patched = await subject.patch({ properties: variation.patch });
      expect(definition.patch.isAsync ? [200, 202] : [200]).toContain(patched.status);
      if (patched.headers["azure-asyncoperation"] !== undefined) await subject.ended(patched);
      expect(resourceOf(await subject.get()).properties).toMatchObject({
        provisioningState: "Succeeded",
        ...variation.patch,
      });
    });

    test("what is fixed at creation cannot be changed", async () => {
      expect(Object.keys(variation.fixed).sort()).toEqual([...definition.createOnly].sort());
      for (const [path, value] of Object.entries(variation.fixed)) {
        const subject = await newSubject(world, definition);
        await subject.ended(await subject.put());
        const answer = await subject.put({ [path]: value });
        expect({ path, error: errorOf(answer) }).toEqual({
          path,
          error: expect.stringMatching(/^400 (PropertyChangeNotAllowed|ExtensionTypeNotFound)$/),
        });
      }
    });

    test.each(Object.entries(variation.invalid))("%s is refused with a reason", async (_what, properties) => {
      const subject = await newSubject(world, definition);
      expect(errorOf(await subject.put(properties))).toMatch(/^400 (ValidationFailed|InvalidRequestContent)$/);
      expect(errorOf(await subject.get())).toBe("404 ResourceNotFound");
    });

    test("a name that breaks the rule is refused", async () => {
      const subject = await newSubject(world, definition, "not%20a%20name!");
      expect(errorOf(await subject.put())).toBe("400 InvalidResourceName");
    });

    test("If-Match and If-None-Match are honoured", async () => {
      const subject = await newSubject(world, definition);
      const missing = await subject.put({}, { headers: { "if-match": '"nothing"' } });
      expect(errorOf(missing)).toBe("412 PreconditionFailed");
      const created = await subject.put({}, { headers: { "if-none-match": "*" } });
      expect(created.status).toBe(201);
      await subject.ended(created);
      expect(errorOf(await subject.put({}, { headers: { "if-none-match": "*" } }))).toBe("412 PreconditionFailed");
      expect(errorOf(await subject.put({}, { headers: { "if-match": '"stale"' } }))).toBe("412 PreconditionFailed");
      const etag = resourceOf(await subject.get()).etag ?? "";
      expect(etag).toMatch(/^".+"$/);
      const fitting = await subject.put(variation.changed, { headers: { "if-match": etag } });
      expect(fitting.status).toBe(200);
    });

    test("ids are found in any case and with doubled slashes, and shown as they were created", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const spellings = [
        subject.id.toUpperCase(),
        subject.id.toLowerCase(),
        subject.id.replaceAll("/providers/", "//providers//"),
      ];
      for (const spelling of spellings) {
        const answer = await world.arm.call(`${spelling}?api-version=${definition.providerApiVersion}`);
        expect({ spelling, status: answer.status, id: resourceOf(answer).id }).toEqual({
          spelling,
          status: 200,
          id: subject.id,
        });
      }
    });

    test("secrets are never in an answer, and their names are", async () => {
      const paths = definition.secrets.filter((path) => !path.includes("."));
      const secrets = Object.fromEntries(paths.map((path) => [path, { "some.key": "aHVudGVyMg==" }]));
      const subject = await newSubject(world, definition);
      const created = await subject.put(secrets);
      await subject.ended(created);
      const read = await subject.get();
      const listed = await world.arm.call(`${subject.collection}?api-version=${definition.providerApiVersion}`);
      for (const answer of [created, read, listed]) expect(answer.text).not.toContain("aHVudGVyMg==");
      for (const path of paths) expect(resourceOf(read).properties[path]).toEqual({ "some.key": "" });
    });

    test("it is listed where it lives, and pages hold each one once", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const names: string[] = [];
      let link: string | null | undefined = `${subject.collection}?api-version=${definition.providerApiVersion}`;
      while (link) {
        const answer = await world.arm.call(link);
        expect(answer.status).toBe(200);
        const page = Page.parse(answer.json);
        names.push(...page.value.map(({ name }) => name));
        link = page.nextLink;
      }
      expect(names).toEqual([subject.name]);
    });

    test("deleting it ends, leaves nothing to read, and deleting again finds nothing", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const deleted = await subject.delete();
      expect([200, 202]).toContain(deleted.status);
      expect(await subject.ended(deleted)).toMatchObject({ status: "Succeeded" });
      const location = deleted.headers.location;
      if (location !== undefined) expect([200, 204]).toContain((await world.arm.call(location)).status);
      expect(errorOf(await subject.get())).toBe("404 ResourceNotFound");
      expect((await subject.delete()).status).toBe(204);
    });

    test("while it is being deleted it is shown so, and a put has to wait", async () => {
      const subject = await newSubject(world, definition);
      await subject.ended(await subject.put());
      const deleted = await subject.delete();
      if (subject.agent === undefined) return;
      expect(resourceOf(await subject.get()).properties.provisioningState).toBe("Deleting");
      expect(errorOf(await subject.put(variation.changed))).toBe("409 AnotherOperationInProgress");
      expect(await subject.ended(deleted)).toMatchObject({ status: "Succeeded" });
    });

    test.each([...definition.apiVersions])("api-version %s is spoken", async (version) => {
      const answer = await world.arm.call(
        `${world.group}/providers/${providerPath(definition)}?api-version=${version}`,
      );
      expect(answer.text === "" ? answer.status : errorOf(answer)).toMatch(
        /^404 (ResourceNotFound|ParentResourceNotFound)$/,
      );
    });

    test("api-versions that are missing, malformed or unknown are told apart", async () => {
      const subject = await newSubject(world, definition);
      const ask = async (query: string): Promise<string> => errorOf(await world.arm.call(`${subject.id}${query}`));
      expect(await ask("")).toBe("400 MissingApiVersionParameter");
      expect(await ask("?api-version=soon")).toBe("400 InvalidApiVersionParameter");
      expect(await ask("?api-version=1999-01-01")).toBe("400 NoRegisteredProviderFound");
      expect(await ask(`?API%2DVersion=${definition.providerApiVersion}`)).toBe("404 ResourceNotFound");
    });
  });

  test("a tracked resource cannot be moved to another location", async () => {
    const definition = registry.connectedCluster;
    const subject = await newSubject(world, definition);
    await subject.put();
    const moved = { ...definition.example, location: "northeurope" };
    expect(errorOf(await world.arm.call(subject.url(), { method: "PUT", body: moved }))).toBe(
      "409 InvalidResourceLocation",
    );
    const same = { ...definition.example, location: "West Europe" };
    expect((await world.arm.call(subject.url(), { method: "PUT", body: same })).status).toBe(200);
  });

  test("long lists are paged with absolute links, and every resource is on exactly one page", async () => {
    const definition = registry.connectedCluster;
    const group = await world.newGroup();
    const collection = `${group}/providers/${definition.namespace}/${definition.type}`;
    const version = `api-version=${definition.providerApiVersion}`;
    const count = 230;
    const names = Array.from({ length: count }, (_, at) => `c-${at}`);
    await Promise.all(
      names.map((name) =>
        world.arm.call(`${collection}/${name}?${version}`, { method: "PUT", body: definition.example }),
      ),
    );
    const seen: string[] = [];
    let link: string | null | undefined = `${collection}?${version}`;
    let pages = 0;
    while (link) {
      const page = Page.parse((await world.arm.call(link)).json);
      seen.push(...page.value.map(({ name }) => name));
      link = page.nextLink;
      if (link) expect(link.startsWith(`${world.arm.connection.endpoint}/`)).toBe(true);
      pages += 1;
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen.sort()).toEqual(names.sort());
  });

  test("deleting a cluster takes what is below it along", async () => {
    const subject = await newSubject(world, registry.fluxConfiguration);
    await subject.ended(await subject.put());
    const clusterId = subject.agent?.clusterId ?? "";
    const deleted = await world.arm.call(`${clusterId}?api-version=2024-01-01`, { method: "DELETE" });
    expect([200, 202]).toContain(deleted.status);
    expect(errorOf(await subject.get())).toMatch(/^404 (ResourceNotFound|ParentResourceNotFound)$/);
  });
}

/** The path of a resource that does not exist, below a cluster that does not exist for child types. */
const providerPath = (definition: (typeof registry)[ResourceKey]): string => {
  const own = `${definition.namespace}/${definition.type}/nobody`;
  return definition.parent === undefined
    ? own
    : `${definition.parent.namespace}/${definition.parent.type}/nobody/providers/${own}`;
};
