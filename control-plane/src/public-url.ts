import type { Settings } from "./settings.ts";

const wildcards = new Set(["0.0.0.0", "::", ""]);

/** The origin of a host name or address, spelt as clients spell it: they leave port 443 out. */
export const originOf = (host: string, port: number): string =>
  new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;

/** The one origin of this control plane: what the settings say, or where it listens. */
export function publicUrlOf(settings: Pick<Settings, "host" | "publicUrl">, port: number): string {
  return settings.publicUrl ?? originOf(wildcards.has(settings.host) ? "localhost" : settings.host, port);
}

/** The names that the server's certificate must carry besides localhost. */
export function serverNamesOf(settings: Pick<Settings, "host" | "publicUrl" | "subjectAlternativeNames">): string[] {
  const names = [...settings.subjectAlternativeNames];
  if (!wildcards.has(settings.host)) names.push(settings.host);
  if (settings.publicUrl !== undefined) names.push(new URL(settings.publicUrl).hostname.replace(/^\[|\]$/g, ""));
  return [...new Set(names)];
}
