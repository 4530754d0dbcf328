import type { App } from "./app.ts";

const maxFormBytes = 128 * 1024;

/** Reads HTML and OAuth forms within this scope; everywhere else they are refused. A name that comes twice keeps its last value. */
export function readForms(scope: App): void {
  scope.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: maxFormBytes },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
}
