/** Requests to a call of the control plane: right, almost right, and wrong in every way that a client can be. */
import type { Operation } from "@arcfleet/contract";
import { isObject, type JsonObject, type OpenApiDocument } from "@arcfleet/contract/openapi";
import fc from "fast-check";
import { z } from "zod";
import { hostileTexts, mutate, mutationArbitrary } from "./mutations.ts";
import { arbitraryOf } from "./schema-arbitrary.ts";
import { type CallerName, callers, secretMark, type Targets } from "./targets.ts";

export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly caller: CallerName;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

type Weighted<T> = readonly [weight: number, arbitrary: fc.Arbitrary<T>];
const pick = <T>(...choices: readonly Weighted<T>[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

export function requestArbitrary(
  operation: Operation,
  targets: Targets,
  document: OpenApiDocument,
): fc.Arbitrary<FuzzRequest> {
  const method = pick([30, fc.constant<string>(operation.method)], [1, one(...otherMethods)]);
  return method.chain((chosen) =>
    fc.record({
      method: fc.constant(chosen),
      url: fc
        .tuple(pathArbitrary(operation.path, chosen, targets), queryArbitrary(operation))
        .map(([path, query]) => (query === "" ? path : `${path}?${query}`)),
      caller: callerArbitrary(operation),
      headers: headersArbitrary(operation),
      body: bodyArbitrary(operation, document),
    }),
  );
}

const otherMethods = ["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

/** What, done once, takes the tokens of all others: only those try it who may not. */
const disruptive: readonly string[] = ["SigningKeys_Rotate"];

function callerArbitrary({ id, access }: Operation): fc.Arbitrary<CallerName> {
  if (disruptive.includes(id)) return one("reader", "nobody", "none", "garbage");
  const favourite: CallerName = access.kind === "cluster" ? "cluster" : "owner";
  return pick<CallerName>([6, fc.constant(favourite)], [4, one(...callers)]);
}

const hostileSegments = [
  "a".repeat(300),
  "a".repeat(9000),
  "%00",
  "a%00b",
  "%2F",
  "..",
  "%2e%2e",
  "%ff",
  "%c3%28",
  "%",
  "%zz",
  "not%20a%20name!",
  "-",
  ".",
  "*",
  "%F0%9D%92%B3",
  "%E2%80%AE",
  "a;b=c",
  "a&b",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "%27%20or%201=1--",
  "$filter",
  "{name}",
  "%25%32%35",
];

function pathArbitrary(path: string, method: string, { existing, scratch }: Targets): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  // What other requests need is never the last name of a deletion.
  const last = method === "DELETE" ? names.at(-1) : undefined;
  const values = names.map((name) => {
    const [there = [], free = []] = [existing[name], scratch[name]];
    const fitting = [...(name === last ? [] : there), ...free];
    return pick(
      [8, fitting.length > 0 ? one(...fitting) : one("unknown")],
      [1, fc.nat(9999).map((number) => `new-${number}`)],
      [1, one(...hostileSegments)],
    );
  });
  const plain = fc
    .tuple(...values)
    .map((chosen) => chosen.reduce((text, value, index) => text.replace(`{${names[index]}}`, () => value), path));
  return fc.tuple(plain, pathTrick).map(([text, trick]) => trick(text));
}

const same = (path: string): string => path;
const pathTrick: fc.Arbitrary<(path: string) => string> = pick<(path: string) => string>(
  [14, fc.constant(same)],
  [
    6,
    one(
      (path: string) => path.toUpperCase(),
      (path: string) => path.toLowerCase(),
      (path: string) => path.replaceAll("/", "//"),
      (path: string) => `${path}/`,
      (path: string) => `/${path}`,
      (path: string) => `${path}/../x`,
      (path: string) => path.replace("/providers/", "/%70roviders/"),
      (path: string) => path.replace("subscriptions", "subscription%73"),
      (path: string) => `${path}%20`,
      (path: string) => `${path}.json`,
      (path: string) => `${path}#fragment`,
      (path: string) => path.slice(0, -3) || "/",
    ),
  ],
);

const badVersions = [
  "api-version=",
  "api-version=latest",
  "api-version=2020-13-45",
  "api-version=9999-12-31",
  "api-version=2024-01-01'",
  "api-version=%00",
  "api-version=2024-01-01-PREVIEW",
  "api-version=2024-01-01&api-version=2021-10-01",
  "Api-Version=2024-01-01",
  "api%2Dversion=2024-11-01",
  `api-version=${"1".repeat(3000)}`,
  "",
];
const junk = [
  "$top=0",
  "$top=-1",
  "$top=1e3",
  "$top=99999999999999999999",
  "$top=NaN",
  "$skipToken=%00",
  "$skipToken=bm9wZQ",
  `$skipToken=${Buffer.from("/subscriptions/\u0000").toString("base64url")}`,
  `$skipToken=${Buffer.from("/subscriptions/zzz").toString("base64url")}`,
  "$filter=",
  "$filter=name eq",
  "$filter=name%20eq%20'a'%20and%20",
  "$filter=name%20eq%20'%00'",
  `$filter=${"(".repeat(2000)}`,
  `$filter=${"not%20".repeat(500)}`,
  "$filter=tagName%20eq%20'a'%20and%20tagValue%20eq%20'b'",
  "$expand=everything",
  "=",
  "&&&",
  "%",
  "%ff=%ff",
  "a[b][c]=d",
  "__proto__[x]=y",
  `x=${"y".repeat(8000)}`,
];

function queryArbitrary({ apiVersions, query }: Operation): fc.Arbitrary<string> {
  const versions = apiVersions ?? ["2024-11-01"];
  const version = pick([8, one(...versions.map((text) => `api-version=${text}`))], [2, one(...badVersions)]);
  const declared = Object.entries(query?.shape ?? {}).map(([name, schema]) =>
    fc.option(
      pick(
        [3, arbitraryOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), {}, name)],
        [1, anyText],
      ).map((value) => `${name}=${encodeURIComponent(toText(value))}`),
      { nil: "", freq: 3 },
    ),
  );
  const extra = pick([5, fc.constant("")], [1, one(...junk)]);
  return fc.tuple(version, extra, ...declared).map((parts) => parts.filter((part) => part !== "").join("&"));
}

const anyText = fc.string();

/** Text that has no half characters, which could not be sent. */
const toText = (value: unknown): string => String(value).toWellFormed();

const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { "if-match": "*" },
  { "if-match": '"nothing"' },
  { "if-match": ",,,W/" },
  { "if-none-match": "*" },
  { "if-none-match": '"0"' },
  { "x-ms-client-request-id": "a".repeat(2000) },
  { "x-ms-correlation-request-id": "<script>" },
  { "x-http-method-override": "DELETE" },
  { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "evil.example" },
  { "accept-encoding": "identity;q=0, *;q=0" },
  { accept: "image/png" },
  { "accept-language": "xx" },
  { origin: "https://evil.example", "access-control-request-method": "PUT" },
  { cookie: "a=b; __proto__=c" },
  { range: "bytes=0-1" },
  { "if-modified-since": "never" },
  { "content-encoding": "gzip" },
  { "content-language": "en", "content-md5": "x" },
  { host: "evil.example" },
  { expect: "100-continue" },
  { "x-odd": "é\u00ff" },
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Basic Og==" },
  { authorization: `Bearer ${"a.".repeat(5000)}` },
  { authorization: "Bearer a.b.c, Bearer d" },
];

const mediaTypes = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json; charset=utf-16",
  "APPLICATION/JSON",
  "application/merge-patch+json",
  "text/plain",
  "text/html",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/gzip",
  "application/octet-stream",
  "json",
  ";",
  "",
];

function headersArbitrary({ body }: Operation): fc.Arbitrary<Record<string, string>> {
  const type = pick([8, fc.constant(body?.mediaType ?? "application/json")], [1, one(...mediaTypes)]);
  const odd = pick([6, fc.constant({})], [2, one(...oddHeaders)]);
  return fc.tuple(type, odd).map(([text, more]) => ({ ...(text === "" ? {} : { "content-type": text }), ...more }));
}

function bodyArbitrary(operation: Operation, document: OpenApiDocument): fc.Arbitrary<string | undefined> {
  const { body, method } = operation;
  if (body === undefined) {
    const nothing = fc.constant(undefined);
    return method === "GET" || method === "HEAD" ? nothing : pick([4, nothing], [1, one(...hostileTexts)]);
  }
  if (body.mediaType === "application/x-www-form-urlencoded") return formArbitrary(operation, document);
  if (body.mediaType !== undefined) return one("not a chart", "\x1f\x8b\x08", "", "PK\x03\x04", "x".repeat(100_000));
  const schema = bodySchema(operation, document);
  const valid = pick(
    [3, arbitraryOf(schema, document.components.schemas).map(markSecrets)],
    [2, fc.constant(body.example ?? {})],
  );
  return pick<string | undefined>(
    [5, valid.map((value) => JSON.stringify(value))],
    [5, fc.tuple(valid, mutationArbitrary).map(([value, mutation]) => JSON.stringify(mutate(value, mutation)))],
    [1, fc.tuple(valid, fc.nat(200)).map(([value, cut]) => JSON.stringify(value).slice(0, -1 - cut))],
    [1, one(...hostileTexts)],
    [1, fc.constant(undefined)],
  );
}

function formArbitrary(operation: Operation, document: OpenApiDocument): fc.Arbitrary<string> {
  const form = arbitraryOf(bodySchema(operation, document), document.components.schemas);
  const encode = (value: unknown): string =>
    new URLSearchParams(
      Object.entries(isObject(value) ? value : {}).map(([key, text]): [string, string] => [key, toText(text)]),
    ).toString();
  return pick(
    [4, form.map(encode)],
    [1, one(...hostileTexts, "client_id=%00&grant_type=client_credentials&scope=%00", "a".repeat(200_000))],
  );
}

function bodySchema({ path, method }: Operation, document: OpenApiDocument): JsonObject {
  const call = document.paths[path]?.[method.toLowerCase()];
  const content = isObject(call?.requestBody) ? call.requestBody.content : undefined;
  const [media] = isObject(content) ? Object.values(content) : [];
  return isObject(media) && isObject(media.schema) ? media.schema : {};
}

/** Gives secret fields values that would be recognised in an answer. */
function markSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(markSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (/^(configurationP|p)rotectedSettings$/.test(key) && isObject(member)) {
        return [key, Object.fromEntries(Object.keys(member).map((name) => [name, secretMark]))];
      }
      return [key, markSecrets(member)];
    }),
  );
}
