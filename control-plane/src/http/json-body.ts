import { invalidContent } from "../errors.ts";
import type { App } from "./app.ts";

/** Deeper than any resource; a body beyond it is made to hurt whoever walks it. */
const maxDepth = 64;

/**
 * Reads JSON bodies. An empty body is no body (clients send `Content-Type` with DELETE and POST alike), and members that would reach
 * into JavaScript's prototypes are refused.
 */
export function readJsonBodies(app: App): void {
  const parse = app.getDefaultJsonParser("error", "error");
  // Plain text has a parser of its own in Fastify: a body that is not JSON is refused as such.
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser<string>(
    /^application\/(?:[\w.-]+\+)?json\b/,
    { parseAs: "string" },
    (request, body, done) => {
      if (body.trim() === "") return done(null, undefined);
      if (depthOf(body) > maxDepth) return done(invalidContent(`The body nests deeper than ${maxDepth} levels.`));
      // Fastify's parser calls back before it returns.
      return parse(request, body, (error, value) => {
        if (error) return done(invalidContent(`The body is not valid JSON${placeOf(error)}.`));
        // Stored by one database and refused by another; nobody means it.
        if (holdsNul(body)) return done(invalidContent("The body holds a NUL character (\\u0000). Leave it out."));
        return done(null, value);
      });
    },
  );
}

/** Where the fault is, without the text around it that the parser quotes: secrets may be in it. */
function placeOf(error: Error): string {
  const position = / at position \d+| \(line \d+ column \d+\)/.exec(error.message)?.[0] ?? "";
  return /prototype|__proto__/i.test(error.message) ? ": it has a member that reaches into prototypes" : position;
}

/** Whether a string of a JSON text holds an escaped NUL; a backslash before it may itself be escaped. */
const holdsNul = (text: string): boolean => text.includes("\\u0000") && /(?<!\\)(?:\\\\)*\\u0000/.test(text);

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}
