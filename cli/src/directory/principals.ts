/** What `arcfleet principal …` does; principal-commands.ts says which there are. */
import { DirectoryPrincipal, type NewPrincipalCredential, PrincipalCredential } from "@arcfleet/contract";
import { outsideId } from "@arcfleet/control-plane/outside-id";
import { z } from "zod";
import { CredentialOptions, credentialOf } from "./credential-options.ts";
import { Directory, DirectoryOptions, say, scopeOf, table } from "./directory.ts";

const CreateOptions = DirectoryOptions.extend(CredentialOptions.shape).extend({
  role: z.string().min(1).optional(),
  scope: z.string().min(1).optional(),
  resourceGroup: z.string().min(1).optional(),
  onboarding: z.boolean().default(false),
  redirectUri: z.array(z.string()).default([]),
  publicClient: z.boolean().default(false),
});
const AddOptions = DirectoryOptions.extend(CredentialOptions.shape);
const IdOptions = z.object({
  issuer: z.url({ protocol: /^https$/ }),
  subject: z.string().min(1).optional(),
  group: z.string().min(1).optional(),
});

/** Attaches clusters and does nothing else: Azure's role for it. */
const onboardingRole = "Kubernetes Cluster - Azure Arc Onboarding";

const pathOf = (name: string): string => `principals/${encodeURIComponent(name)}`;

async function add(directory: Directory, name: string, wanted: NewPrincipalCredential): Promise<PrincipalCredential> {
  return (await directory.send("POST", `${pathOf(name)}/addCredential`, PrincipalCredential, wanted)).answer;
}

export async function create(name: string, given: unknown): Promise<void> {
  const options = CreateOptions.parse(given);
  const directory = new Directory(options);
  if (options.onboarding && options.role !== undefined) throw new Error("Give one of --onboarding and --role.");
  if (options.onboarding && options.scope === undefined && options.resourceGroup === undefined) {
    throw new Error("--onboarding needs --resource-group or --scope: it is for clusters of one place.");
  }
  const scope = scopeOf(directory, options);
  const wantedRole = options.onboarding ? onboardingRole : options.role;
  // Read first: a file that is missing must not leave an application behind.
  const wanted = await credentialOf(options);
  const { redirectUri, publicClient } = options;
  const { isNew, answer } = await directory.send("PUT", pathOf(name), DirectoryPrincipal, {
    properties: {
      ...(redirectUri.length > 0 && { redirectUris: redirectUri }),
      ...(publicClient && { isPublicClient: true }),
    },
  });
  const { appId, principalId } = answer.properties;
  const role = wantedRole === undefined ? undefined : await directory.assignRole(principalId, wantedRole, scope);
  const credential = wanted === undefined ? undefined : await add(directory, name, wanted);
  if (options.json) {
    return say(JSON.stringify({ ...answer, ...(role && { role, scope }), ...(credential && { credential }) }));
  }
  say(isNew ? `${name} was made.` : `${name} was there already.`);
  say(`Client id:    ${appId}`);
  say(`Tenant id:    ${await directory.tenantId()}`);
  say(`Principal id: ${principalId}`);
  if (role !== undefined) say(`Role:         ${role} at ${scope}`);
  if (credential !== undefined) sayCredential(credential);
}

function sayCredential({ id, kind, secret, expiresTime }: PrincipalCredential): void {
  say(`Credential:   ${kind} ${id}${expiresTime === null ? "" : `, until ${expiresTime}`}`);
  if (secret !== undefined) say(`Secret (shown only now): ${secret}`);
}

export async function list(given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const found = await new Directory(options).list("principals", DirectoryPrincipal);
  if (options.json) return say(JSON.stringify(found));
  const rows = found.map(({ name, properties: { appId, principalId } }) => [name, appId, principalId]);
  say(table([["NAME", "CLIENT ID", "PRINCIPAL ID"], ...rows]));
}

export async function show(name: string, given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const directory = new Directory(options);
  const { answer } = await directory.send("GET", pathOf(name), DirectoryPrincipal);
  const credentials = await directory.list(`${pathOf(name)}/credentials`, PrincipalCredential);
  say(JSON.stringify({ ...answer, credentials }, null, options.json ? 0 : 2));
}

export async function remove(name: string, given: unknown): Promise<void> {
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", pathOf(name));
  say(isGone ? `${name} was removed.` : `There was no '${name}'.`);
}

export async function addOne(name: string, given: unknown): Promise<void> {
  const options = AddOptions.parse(given);
  const wanted = await credentialOf(options);
  if (wanted === undefined) throw new Error("Give one of --secret, --cert and --federated.");
  const credential = await add(new Directory(options), name, wanted);
  if (options.json) say(JSON.stringify(credential));
  else sayCredential(credential);
}

export async function listCredentials(name: string, given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const found = await new Directory(options).list(`${pathOf(name)}/credentials`, PrincipalCredential);
  if (options.json) return say(JSON.stringify(found));
  const rows = found.map(({ id, kind, expiresTime, description, issuer, subject, thumbprint }) => [
    id,
    kind,
    expiresTime ?? "no end",
    description ?? "",
    issuer === undefined ? (thumbprint ?? "") : `${issuer} ${subject}`,
  ]);
  say(table([["ID", "KIND", "ENDS", "DESCRIPTION", "OF"], ...rows]));
}

export async function removeCredential(name: string, id: string, given: unknown): Promise<void> {
  const path = `${pathOf(name)}/credentials/${encodeURIComponent(id)}`;
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", path);
  say(isGone ? "The credential was removed." : "There was no such credential.");
}

export function outside(given: unknown): void {
  const { issuer, subject, group } = IdOptions.parse(given);
  if ((subject === undefined) === (group === undefined)) throw new Error("Give one of --subject and --group.");
  say(subject === undefined ? outsideId("group", issuer, group ?? "") : outsideId("principal", issuer, subject));
}
