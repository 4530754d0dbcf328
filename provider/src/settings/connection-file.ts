import { readFileSync } from "node:fs";
import { z } from "zod";
import { type FoundSettings, settingNames } from "./fields.ts";
import { SettingsError } from "./settings-error.ts";

/**
 * What a connection file says: the `connection.json` that `arcfleet serve` writes, or one with any other of the settings.
 * @param given by which setting its path was given
 */
export function readConnectionFile(path: string, given: string): FoundSettings {
  try {
    const content = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, "utf8")));
    return z.object(Object.fromEntries(settingNames.map((name) => [name, z.string().optional()]))).parse(content);
  } catch (error) {
    throw new SettingsError(
      `The connection file ${path} (${given}) cannot be read: ${reasonOf(error)}. ` +
        "`arcfleet serve --data DIR` writes it as DIR/connection.json when it is ready.",
    );
  }
}

/** A parser of JSON quotes what it could not read, which may be a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof SyntaxError ? "it is not JSON" : String(error);
}
