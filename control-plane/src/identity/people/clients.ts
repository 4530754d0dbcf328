import type { Application, Applications } from "../applications.ts";

/** A program that people sign in through. */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** Runs on people's machines and keeps no secret: PKCE proves it instead. */
  readonly isPublic: boolean;
  /** The application behind it, when it is one of ours and must prove itself. */
  readonly application?: Application;
}

/** Any port: the program listens on a free one. Sign-in codes can only reach the machine of the browser. */
const loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"];

/**
 * Programs that carry Microsoft's own ids and are used unmodified. The first is also what @azure/identity uses for device codes and
 * browsers when it is given no id.
 */
const wellKnown: readonly Client[] = [
  {
    clientId: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    name: "Azure command line and developer tools",
    redirectUris: loopback,
    isPublic: true,
  },
  {
    clientId: "1950a258-227b-4e31-a9cf-717495945fc2",
    name: "Azure PowerShell",
    redirectUris: loopback,
    isPublic: true,
  },
];

/** Finds a program by its id: one of the well-known, or an application that was registered for people. */
export async function findClient(applications: Applications, clientId: string): Promise<Client | undefined> {
  const known = wellKnown.find((client) => client.clientId === clientId.toLowerCase());
  if (known !== undefined) return known;
  const application = await applications.findByAppId(clientId.toLowerCase());
  if (application?.kind !== "Application") return undefined;
  const { appId, name, redirectUris, isPublicClient } = application;
  return {
    clientId: appId,
    name,
    redirectUris,
    isPublic: isPublicClient,
    ...(isPublicClient ? {} : { application }),
  };
}

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a registered address may be this: https anywhere, http on the own machine only, nothing that hides a target. */
export function isRegistrable(redirectUri: string): boolean {
  const url = URL.parse(redirectUri);
  if (url === null || url.username !== "" || url.password !== "" || redirectUri.includes("#")) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && loopbackHosts.has(url.hostname));
}

/** Addresses are compared as text; for the own machine of public clients the port may be any (RFC 8252, 7.3). */
export function allowsRedirect(client: Client, redirectUri: string): boolean {
  if (!isRegistrable(redirectUri)) return false;
  if (client.redirectUris.includes(redirectUri)) return true;
  const url = new URL(redirectUri);
  if (!client.isPublic || url.protocol !== "http:" || !loopbackHosts.has(url.hostname)) return false;
  url.port = "";
  return client.redirectUris.some((registered) => URL.parse(registered)?.href === url.href);
}
