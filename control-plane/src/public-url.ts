import type { Settings } from "./settings.ts";

const wildcards = new Set(["0.0.0.0", "::", ""]);

/** The one origin of this control plane: what the settings say, or where it listens. */
export function publicUrlOf(settings: Pick<Settings, "host" | "publicUrl">, port: number): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl;
  const host = wildcards.has(settings.host) ? "localhost" : settings.host;
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The names that the server's certificate must carry besides localhost. */
export function serverNamesOf(settings: Pick<Settings, "host" | "publicUrl" | "subjectAlternativeNames">): string[] {
  const names = [...settings.subjectAlternativeNames];
  if (!wildcards.has(settings.host)) names.push(settings.host);
  if (settings.publicUrl !== undefined) names.push(new URL(settings.publicUrl).hostname.replace(/^\[|\]$/g, ""));
  return [...new Set(names)];
}
