import { DirectoryPrincipal, type NewPrincipalCredential, PrincipalCredential } from "@arcfleet/contract";
import { outsideId } from "@arcfleet/control-plane/outside-id";
import type { Command } from "commander";
import { z } from "zod";
import { addCredentialOptions, CredentialOptions, credentialOf } from "./credential-options.ts";
import { Directory, DirectoryOptions, say, scopeOf, table } from "./directory.ts";
import { withConnection } from "./options.ts";

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

const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];
const pathOf = (name: string): string => `principals/${encodeURIComponent(name)}`;

/** `arcfleet principal …`: applications, which is what pipelines and tools are to the control plane. */
export function addPrincipalCommands(program: Command): void {
  const principal = program
    .command("principal")
    .description("applications that sign in to a running control plane: pipelines, tools, portals");

  addCredentialOptions(withConnection(principal.command("create <name>").description("make an application")))
    .option("--role <role>", "give this role, by its name or GUID")
    .option("--scope <id>", "where the role is given (default: the subscription)")
    .option("--resource-group <name>", "the same for a group")
    .option("--onboarding", "the role that attaches clusters and nothing else; needs --resource-group or --scope")
    .option("--redirect-uri <uri>", "where people who sign in through it may be sent back to; may be repeated", collect)
    .option("--public-client", "it runs on people's machines and keeps no secret")
    .addHelpText(
      "after",
      `
Examples:
  arcfleet principal create pipeline --secret --role Contributor --resource-group fleet
  arcfleet principal create site-42 --onboarding --resource-group site-42 --secret --expires-in-days 7
  arcfleet principal create ci --federated https://token.actions.githubusercontent.com,repo:me/fleet:ref:refs/heads/main`,
    )
    .action(create);
  withConnection(principal.command("list").description("which there are")).action(list);
  withConnection(principal.command("show <name>").description("one, with its credentials")).action(show);
  withConnection(principal.command("delete <name>").description("remove one with its credentials and roles")).action(
    remove,
  );
  principal
    .command("id")
    .description("the object id of somebody, or of a group, whom a trusted outside issuer knows; to give roles to")
    .requiredOption("--issuer <url>", "the issuer, exactly as in its tokens")
    .option("--subject <id>", "the value of the claim that says who somebody is")
    .option("--group <name>", "the value in the claim of groups")
    .action(outside);

  const credential = principal.command("credential").description("how an application proves itself");
  addCredentialOptions(withConnection(credential.command("add <name>").description("add one"))).action(addOne);
  withConnection(credential.command("list <name>").description("all, without what is secret")).action(listCredentials);
  withConnection(credential.command("remove <name> <id>").description("remove one: it buys no token any more")).action(
    removeCredential,
  );
}

async function add(directory: Directory, name: string, wanted: NewPrincipalCredential): Promise<PrincipalCredential> {
  return (await directory.send("POST", `${pathOf(name)}/addCredential`, PrincipalCredential, wanted)).answer;
}

async function create(name: string, given: unknown): Promise<void> {
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

async function list(given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const found = await new Directory(options).list("principals", DirectoryPrincipal);
  if (options.json) return say(JSON.stringify(found));
  const rows = found.map(({ name, properties: { appId, principalId } }) => [name, appId, principalId]);
  say(table([["NAME", "CLIENT ID", "PRINCIPAL ID"], ...rows]));
}

async function show(name: string, given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const directory = new Directory(options);
  const { answer } = await directory.send("GET", pathOf(name), DirectoryPrincipal);
  const credentials = await directory.list(`${pathOf(name)}/credentials`, PrincipalCredential);
  say(JSON.stringify({ ...answer, credentials }, null, options.json ? 0 : 2));
}

async function remove(name: string, given: unknown): Promise<void> {
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", pathOf(name));
  say(isGone ? `${name} was removed.` : `There was no '${name}'.`);
}

async function addOne(name: string, given: unknown): Promise<void> {
  const options = AddOptions.parse(given);
  const wanted = await credentialOf(options);
  if (wanted === undefined) throw new Error("Give one of --secret, --cert and --federated.");
  const credential = await add(new Directory(options), name, wanted);
  if (options.json) say(JSON.stringify(credential));
  else sayCredential(credential);
}

async function listCredentials(name: string, given: unknown): Promise<void> {
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

async function removeCredential(name: string, id: string, given: unknown): Promise<void> {
  const path = `${pathOf(name)}/credentials/${encodeURIComponent(id)}`;
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", path);
  say(isGone ? "The credential was removed." : "There was no such credential.");
}

function outside(given: unknown): void {
  const { issuer, subject, group } = IdOptions.parse(given);
  if ((subject === undefined) === (group === undefined)) throw new Error("Give one of --subject and --group.");
  say(subject === undefined ? outsideId("group", issuer, group ?? "") : outsideId("principal", issuer, subject));
}
