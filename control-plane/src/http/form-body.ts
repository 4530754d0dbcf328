import { DomainError } from "../errors.ts";
import type { App } from "./app.ts";

const maxFormBytes = 128 * 1024;

/** Reads HTML and OAuth forms within this scope; everywhere else they are refused. A name that comes twice keeps its last value. */
export function readForms(scope: App): void {
  scope.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: maxFormBytes },
    (_request, body, done) => {
      const form = Object.fromEntries(new URLSearchParams(body.toString()));
      // Stored by one database and refused by another; nobody means it.
      const hasNul = Object.entries(form).some((field) => field.join().includes("\0"));
      if (hasNul) return done(new DomainError("BadRequest", "The form holds a NUL character. Leave it out."));
      return done(null, form);
    },
  );
}
