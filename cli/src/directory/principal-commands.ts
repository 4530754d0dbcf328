import type { Command } from "commander";
import { addCredentialOptions, withConnection } from "./options.ts";

/** Loaded when one of them runs. */
const principals = () => import("./principals.ts");

const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

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
    .action(async (name: string, options: unknown) => (await principals()).create(name, options));
  withConnection(principal.command("list").description("which there are")).action(async (options: unknown) =>
    (await principals()).list(options),
  );
  withConnection(principal.command("show <name>").description("one, with its credentials")).action(
    async (name: string, options: unknown) => (await principals()).show(name, options),
  );
  withConnection(principal.command("delete <name>").description("remove one with its credentials and roles")).action(
    async (name: string, options: unknown) => (await principals()).remove(name, options),
  );
  principal
    .command("id")
    .description("the object id of somebody, or of a group, whom a trusted outside issuer knows; to give roles to")
    .requiredOption("--issuer <url>", "the issuer, exactly as in its tokens")
    .option("--subject <id>", "the value of the claim that says who somebody is")
    .option("--group <name>", "the value in the claim of groups")
    .action(async (options: unknown) => (await principals()).outside(options));

  const credential = principal.command("credential").description("how an application proves itself");
  addCredentialOptions(withConnection(credential.command("add <name>").description("add one"))).action(
    async (name: string, options: unknown) => (await principals()).addOne(name, options),
  );
  withConnection(credential.command("list <name>").description("all, without what is secret")).action(
    async (name: string, options: unknown) => (await principals()).listCredentials(name, options),
  );
  withConnection(credential.command("remove <name> <id>").description("remove one: it buys no token any more")).action(
    async (name: string, id: string, options: unknown) => (await principals()).removeCredential(name, id, options),
  );
}
