/** What must hold for the answer to any request at all. */
import { type ErrorCode, errorCodes, type Operation, operationMethods, operations, statusOf } from "@arcfleet/contract";
import { isObject, type JsonObject, type OpenApiDocument } from "@arcfleet/contract/openapi";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { FuzzRequest } from "./requests.ts";
import type { FuzzAnswer } from "./send.ts";
import type { Targets } from "./targets.ts";

/** How long an answer may take. Generous, because the tests share the machine. */
const limitMs = 10_000;

export interface AnswerChecker {
  /** What is wrong with the answer, or nothing. */
  problemsOf(request: FuzzRequest, answer: FuzzAnswer): string[];
}

export function createAnswerChecker(document: OpenApiDocument, { secrets }: Pick<Targets, "secrets">): AnswerChecker {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  // Only errors may say more than is listed: what refuses a query adds where in it the fault is.
  const { ErrorDetail } = document.components.schemas;
  const schemas = { ...(closed(document.components.schemas) as object), ErrorDetail };
  ajv.addSchema({ $id: "doc", components: { schemas } });
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (reference: string): ValidateFunction => {
    const known = validators.get(reference) ?? ajv.compile({ $ref: `doc${reference}` });
    validators.set(reference, known);
    return known;
  };
  const arm = validatorOf("#/components/schemas/ErrorResponse");

  const bodyProblems = (reference: string, json: unknown): string[] => {
    const validate = validatorOf(reference);
    return validate(json) ? [] : [`the body is not a ${reference.split("/").at(-1)}: ${faults(validate.errors)}`];
  };

  const successProblems = (operation: Operation | undefined, answer: FuzzAnswer): string[] => {
    if (operation === undefined) return [`answers ${answer.status}, but is no listed call`];
    const call = document.paths[operation.path]?.[operation.method.toLowerCase()];
    const responses = isObject(call?.responses) ? call.responses : {};
    const response = responses[String(answer.status)];
    if (!isObject(response)) return [`${operation.id} answers ${answer.status}, which is not listed`];
    const [content] = isObject(response.content) ? Object.entries(response.content) : [];
    if (content === undefined)
      return answer.text === "" ? [] : [`${operation.id} answers ${answer.status} with a body`];
    const [mediaType, { schema } = {}] = content as [string, { schema?: JsonObject }];
    const type = String(answer.headers["content-type"]);
    if (mediaType !== "*/*" && !type.startsWith(mediaType)) return [`${operation.id} answers ${type}`];
    if (!type.includes("json") || mediaType !== "application/json" || answer.text === "") return [];
    return bodyProblems(String(schema?.$ref), JSON.parse(answer.text)).map((text) => `${operation.id}: ${text}`);
  };

  const refusalProblems = (operation: Operation | undefined, { status, headers, text }: FuzzAnswer, method: string) => {
    if (method === "HEAD") return text === "" ? [] : ["HEAD is answered with a body"];
    if (operation?.errorForm === "page" && String(headers["content-type"]).startsWith("text/html")) return [];
    if (!String(headers["content-type"]).startsWith("application/json")) {
      return [`refuses as ${headers["content-type"]}: ${text.slice(0, 200)}`];
    }
    const json: unknown = JSON.parse(text);
    if (arm(json)) return codeProblems((json as { error: { code: string } }).error.code, status);
    const other = { oauth: "TokenError", registry: "RegistryError" } as const;
    if (operation?.errorForm && operation.errorForm !== "page")
      return bodyProblems(`#/components/schemas/${other[operation.errorForm]}`, json);
    return [`refuses without ARM's envelope: ${text.slice(0, 200)}`];
  };

  return {
    problemsOf(request, answer) {
      const operation = findOperation(request);
      // What has another form of refusals has it for all its methods.
      const near = operation ?? operationMethods.map((method) => findOperation({ ...request, method })).find(Boolean);
      const { status, text, durationMs } = answer;
      return [
        ...(status >= 500 ? [`answers ${status}: ${text.slice(0, 500)}`] : []),
        ...(status >= 400 ? refusalProblems(near, answer, request.method) : []),
        ...(status < 400 && request.method !== "HEAD" ? successProblems(operation, answer) : []),
        ...(durationMs > limitMs ? [`takes ${Math.round(durationMs)} ms`] : []),
        ...(typeof answer.headers["x-ms-request-id"] === "string" ? [] : ["carries no request id"]),
        ...(answer.headers["set-cookie"] === undefined || near?.errorForm === "page" ? [] : ["sets a cookie"]),
        ...(secrets.some((secret) => text.includes(secret)) ? ["echoes a secret"] : []),
        ...(/node_modules|\\n +at |\.ts:\d+:\d+/.test(text) ? ["shows a stack"] : []),
        ...permissionProblems(operation, request, status),
      ];
    },
  };
}

/** With the name of a member that should not be there, which the text alone leaves out. */
const faults = (errors: ErrorObject[] | null | undefined): string =>
  (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join("; ");

function codeProblems(code: string, status: number): string[] {
  if (!Object.hasOwn(errorCodes, code)) return [`refuses with the unknown code ${code}`];
  const expected = statusOf(code as ErrorCode);
  return expected === status ? [] : [`answers ${code} with ${status} instead of ${expected}`];
}

/** Who holds no role gets nothing that needs one, and who only reads changes nothing. */
function permissionProblems(
  operation: Operation | undefined,
  { caller, method, headers }: FuzzRequest,
  status: number,
) {
  if (operation === undefined || status >= 300 || headers.authorization !== undefined) return [];
  const { access } = operation;
  if (access.kind === "anyone") return [];
  const isKnown = caller === "owner" || caller === "reader" || caller === "nobody" || caller === "cluster";
  if (!isKnown) return [`answers ${status} to ${caller}`];
  if (access.kind === "authenticated") return [];
  if (access.kind === "cluster") return caller === "cluster" ? [] : [`answers ${status} to ${caller}`];
  if (caller === "nobody") return [`answers ${status} to nobody`];
  const reads = /\/read$/i.test(access.action);
  return caller === "reader" && !reads ? [`lets a reader ${method} what needs ${access.action}`] : [];
}

const patterns = operations.map((operation) => {
  const text = operation.path
    .replaceAll(/[.$]/g, "\\$&")
    .replaceAll("{path}", ".+")
    .replaceAll(/\{[^}]+\}/g, "[^/]+");
  return { operation, pattern: new RegExp(`^${text}$`, "i"), parameters: (operation.path.match(/\{/g) ?? []).length };
});

/** The call that a path leads to, the way the server finds it: fixed words go before parameters. */
export function findOperation({ method, url }: Pick<FuzzRequest, "method" | "url">): Operation | undefined {
  const [raw = ""] = url.split(/[?#]/);
  const path = decode(raw)
    .replaceAll(/\/+/g, "/")
    .replace(/(?<=.)\/$/, "");
  const wanted = method === "HEAD" ? ["HEAD", "GET"] : [method];
  const found = patterns
    .filter(({ operation, pattern }) => wanted.includes(operation.method) && pattern.test(path))
    .sort((a, b) => a.parameters - b.parameters);
  return found[0]?.operation;
}

/** As the router: an encoded slash stays what it is. */
const decode = (path: string): string =>
  path.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[/?#%]/.test(character) || character > "~" ? code : character;
  });

/** A copy in which objects have no members but the listed ones: what is answered is documented, or it is a mistake. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  const isOpen = !isObject(value.properties) || value.type !== "object" || "additionalProperties" in value;
  return isOpen ? copy : { ...copy, additionalProperties: false };
}
