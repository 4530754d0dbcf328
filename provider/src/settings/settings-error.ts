/** A setting is missing or malformed; the message says which and how to give it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
