import { connectedCluster, fullType, operations } from "@arcfleet/contract";
import { isObject, type OpenApiDocument, openApiDocument } from "@arcfleet/contract/openapi";
import { describe, expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { startControlPlane } from "../support/control-plane.ts";
import { httpCall } from "../support/http-call.ts";
import { createAnswerChecker } from "./fuzz/check-answer.ts";
import { useWorld } from "./world.ts";

const document = openApiDocument();

describe("the OpenAPI document", () => {
  test("is one, of version 3.1", async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("leads nowhere with no reference", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references.length).toBeGreaterThan(100);
    const lost = references.filter((path) => path.split("/").reduce<unknown>(memberOf, document) === undefined);
    expect(lost).toEqual([]);
  });

  test("holds schemas that validators understand", () => {
    const ajv = new Ajv2020({ strict: "log", logger: false, allowUnionTypes: true, validateFormats: false });
    ajv.addSchema({ $id: "openapi.json", components: document.components });
    for (const name of Object.keys(document.components.schemas)) {
      expect(ajv.compile({ $ref: `openapi.json#/components/schemas/${name}` })).toBeInstanceOf(Function);
    }
  });

  test("holds every call, once", () => {
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((call) => call.operationId));
    expect(ids.toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  });

  test.each(operations.flatMap(({ id, body }) => (body?.example === undefined ? [] : [[id, body] as const])))(
    "shows an example of the body of %s that is taken",
    (_id, body) => {
      expect(body.schema.safeParse(body.example).error?.message).toBeUndefined();
    },
  );
});

describe("the control plane", () => {
  const world = useWorld(() => startControlPlane());
  const ask = (headers: Record<string, string> = {}) =>
    httpCall(`${world.arm.connection.endpoint}/openapi.json`, world.arm.connection.caFile, { headers });

  test("serves the document, with its own address in it", async () => {
    const { endpoint, tenantId } = world.arm.connection;
    const { status, headers, json } = await ask();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    const placed: OpenApiDocument = openApiDocument({ endpoint, tenantId });
    expect(json).toEqual(JSON.parse(JSON.stringify(placed)));
  });

  test("answers as the document says, also where the service adds to what a client wrote", async () => {
    const { group, arm } = world;
    const version = connectedCluster.apiVersions.toSorted().at(-1);
    const url = `${group}/providers/${fullType(connectedCluster)}/full?api-version=${version}`;
    const oidcIssuerProfile = { enabled: true, selfHostedIssuerUrl: "https://issuer.example.com" };
    const properties = { ...connectedCluster.example.properties, agentPublicKeyCertificate: "", oidcIssuerProfile };
    const answer = await arm.call(url, { method: "PUT", body: { ...connectedCluster.example, properties } });
    expect(answer.status).toBe(201);
    const request = { method: "PUT", url, caller: "owner", headers: {} } as const;
    const checker = createAnswerChecker(document, { secrets: [] });
    expect(checker.problemsOf(request, { ...answer, durationMs: 0 })).toEqual([]);
  });

  test("answers 304 to who has it already", async () => {
    const { headers } = await ask();
    const again = await ask({ "if-none-match": String(headers.etag) });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: "" });
  });
});

const memberOf = (value: unknown, key: string): unknown =>
  isObject(value) ? value[decodeURIComponent(key.replaceAll("~1", "/").replaceAll("~0", "~"))] : undefined;
