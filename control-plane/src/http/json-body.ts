import json5 from "json5";
import { type DomainError, invalidContent } from "../errors.ts";
import type { App } from "./app.ts";
import type { Limits } from "./limits/limit-settings.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** True where bodies hold what people write by hand. */
    takesJson5?: boolean;
  }
}

export type JsonLimits = Pick<Limits, "maxJsonDepth" | "maxJsonValues" | "maxJsonString">;

/**
 * Reads JSON bodies. An empty body is no body (clients send `Content-Type` with DELETE and POST alike), and members that would reach
 * into JavaScript's prototypes are refused.
 */
export function readJsonBodies(app: App, limits: JsonLimits): void {
  const parse = app.getDefaultJsonParser("error", "error");
  // Plain text has a parser of its own in Fastify: a body that is not JSON is refused as such.
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser<string>(
    /^application\/(?:[\w.-]+\+)?json\b/,
    { parseAs: "string" },
    (request, body, done) => {
      if (body.trim() === "") return done(null, undefined);
      const refusal = refusalOf(body, limits);
      if (refusal) return done(refusal);
      // Fastify's parser calls back before it returns.
      return parse(request, request.routeOptions.config.takesJson5 ? plainJson(body) : body, (error, value) => {
        if (error) return done(invalidContent(`The body is not valid JSON${placeOf(error)}.`));
        // Stored by one database and refused by another; nobody means it.
        if (holdsNul(body)) return done(invalidContent("The body holds a NUL character (\\u0000). Leave it out."));
        return done(null, value);
      });
    },
  );
}

/**
 * A template may hold comments, and the Azure CLI puts it into its body as it is, under a name without quotes. What is no JSON5 either
 * is left as it is, for the one message about that.
 */
function plainJson(text: string): string {
  try {
    return JSON.stringify(json5.parse(text));
  } catch {
    return text;
  }
}

/** Where the fault is, without the text around it that the parser quotes: secrets may be in it. */
function placeOf(error: Error): string {
  const position = / at position \d+| \(line \d+ column \d+\)/.exec(error.message)?.[0] ?? "";
  return /prototype|__proto__/i.test(error.message) ? ": it has a member that reaches into prototypes" : position;
}

/** Whether a string of a JSON text holds an escaped NUL; a backslash before it may itself be escaped. */
const holdsNul = (text: string): boolean => text.includes("\\u0000") && /(?<!\\)(?:\\\\)*\\u0000/.test(text);

/** Bodies that are made to hurt whoever walks them are found before they are parsed. */
function refusalOf(text: string, limits: JsonLimits): DomainError | undefined {
  const { depth, values, longestString } = measure(text);
  if (depth > limits.maxJsonDepth) return invalidContent(`The body nests deeper than ${limits.maxJsonDepth} levels.`);
  if (values > limits.maxJsonValues) return invalidContent(`The body holds more than ${limits.maxJsonValues} values.`);
  if (longestString <= limits.maxJsonString) return undefined;
  return invalidContent(`The body holds a text of more than ${limits.maxJsonString} characters.`);
}

/** Walks the text once, without understanding it: whether it is JSON at all comes later. */
function measure(text: string): { readonly depth: number; readonly values: number; readonly longestString: number } {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let longestString = 0;
  let stringAt = -1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (stringAt >= 0) {
      if (code === 0x5c) index++;
      else if (code === 0x22) {
        longestString = Math.max(longestString, index - stringAt - 1);
        stringAt = -1;
      }
    } else if (code === 0x22) stringAt = index;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
    // Between any two members or items there is one.
    else if (code === 0x2c) values++;
  }
  return { depth: deepest, values, longestString };
}
