/**
 * Reads a `postgres://` URL. Stricter than the client library: what it does not know is refused instead of ignored, nothing comes from
 * the environment, and a server that is not on this machine must prove who it is. Nothing of the URL gets into an error, because it
 * holds the password.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";

export interface DatabaseHost {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  /** False: not encrypted. */
  readonly ssl: false | ConnectionOptions;
}

export interface ConnectionSettings {
  readonly hosts: readonly [DatabaseHost, ...DatabaseHost[]];
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
}

const shape = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const known = ["host", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "connect_timeout"];
const defaultPort = 5432;

const refuse = (why: string): Error =>
  new Error(
    `The database URL cannot be used: ${why}. It has the form postgres://user:password@host:port/database?sslrootcert=/path/ca.pem`,
  );

/** @throws Error that names the problem and shows nothing of the URL. */
export function parseDatabaseUrl(url: string): ConnectionSettings {
  const match = shape.exec(url.trim());
  if (match === null) throw refuse("it does not have that form (special characters of the password must be %-encoded)");
  const [, user = "", password, authority = "", database = "", query = ""] = match;
  // A question mark in the password ends the rest of the URL too early: what follows is then part of it.
  if (query.includes("@")) throw refuse("special characters of the password must be %-encoded");
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw refuse(`it has the parameter '${unknown}', and only ${known.join(", ")} are known`);
  const attrs = parameters.get("target_session_attrs");
  if (attrs !== null && !["read-write", "primary", "any"].includes(attrs)) {
    throw refuse("target_session_attrs must be read-write: the control plane always works on the primary");
  }
  const [first, ...others] = hostsOf(authority, parameters.get("host")).map((host) => withSsl(host, parameters));
  if (first === undefined) throw refuse("it names no host");
  if (user === "") throw refuse("it names no user");
  if (database === "") throw refuse("it names no database");
  return {
    hosts: [first, ...others],
    user: decode(user),
    password: password === undefined ? undefined : decode(password),
    database: decode(database),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("it holds a wrong %-encoding");
  }
}

type Place = Pick<DatabaseHost, "host" | "port">;

function hostsOf(authority: string, parameter: string | null): Place[] {
  const names = authority === "" ? (parameter ?? "").split(",") : authority.split(",");
  return names.filter(Boolean).map((text) => {
    const decoded = decode(text);
    if (decoded.startsWith("/")) return { host: decoded, port: defaultPort };
    const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(decoded);
    if (parts === null) throw refuse("one of its hosts is not host or host:port");
    return { host: parts[1] ?? parts[2] ?? "", port: Number(parts[3] ?? defaultPort) };
  });
}

const isLocal = (host: string): boolean =>
  host.startsWith("/") || host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

function withSsl(place: Place, parameters: URLSearchParams): DatabaseHost {
  const mode = parameters.get("sslmode") ?? (isLocal(place.host) ? "disable" : "verify-full");
  if (place.host.startsWith("/") || mode === "disable") return { ...place, ssl: false };
  if (mode !== "verify-full") {
    throw refuse(
      `sslmode=${/^[a-z-]{1,20}$/.test(mode) ? mode : "…"} would not check whom it talks to. Use verify-full (with sslrootcert when the CA is your own) or disable`,
    );
  }
  const file = (name: string): { readonly [key: string]: Buffer } => {
    const path = parameters.get(name);
    if (path === null || path === "system") return {};
    return { [sslMembers[name as keyof typeof sslMembers]]: readPem(name, path) };
  };
  return {
    ...place,
    ssl: {
      ...file("sslrootcert"),
      ...file("sslcert"),
      ...file("sslkey"),
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      // The library upgrades a socket that is open; without this name the certificate would be held against 'localhost'.
      host: place.host,
    },
  };
}

const sslMembers = { sslrootcert: "ca", sslcert: "cert", sslkey: "key" } as const;

function readPem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`The file that ${name} of the database URL names cannot be read: ${path}`, { cause });
  }
}
