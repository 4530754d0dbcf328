import { DirectoryUser, PasswordResetAnswer } from "@arcfleet/contract";
import type { Command } from "commander";
import { z } from "zod";
import { askNewPassword } from "./ask-password.ts";
import { Directory, DirectoryOptions, say, scopeOf, table } from "./directory.ts";
import { withConnection } from "./options.ts";

const CreateOptions = DirectoryOptions.extend({
  displayName: z.string().min(1).optional(),
  passwordPrompt: z.boolean().default(false),
  role: z.string().min(1).optional(),
  scope: z.string().min(1).optional(),
  resourceGroup: z.string().min(1).optional(),
});
const ResetOptions = DirectoryOptions.extend({ passwordPrompt: z.boolean().default(false) });

const pathOf = (name: string): string => `users/${encodeURIComponent(name)}`;

/** `arcfleet user …`: people who sign in with a password. */
export function addUserCommands(program: Command): void {
  const user = program.command("user").description("people who sign in to a running control plane with a password");

  withConnection(user.command("create <name>").description("let a person sign in; the password is shown once"))
    .option("--display-name <text>", "shown to people (default: the name)")
    .option("--password-prompt", "ask for the password (or read it from standard input) instead of making one")
    .option("--role <role>", "give this role, by its name or GUID")
    .option("--scope <id>", "where the role is given (default: the subscription)")
    .option("--resource-group <name>", "the same for a group")
    .addHelpText("after", "\nExample:\n  arcfleet user create alice --role Contributor --resource-group fleet")
    .action(create);
  withConnection(user.command("list").description("who there is")).action(list);
  withConnection(user.command("disable <name>").description("may not sign in any more; all sessions end")).action(
    (name: string, options: unknown) => setDisabled(name, options, true),
  );
  withConnection(user.command("enable <name>").description("may sign in again")).action(
    (name: string, options: unknown) => setDisabled(name, options, false),
  );
  withConnection(user.command("reset <name>").description("give a new password, shown once; all sessions end"))
    .option("--password-prompt", "ask for the password (or read it from standard input) instead of making one")
    .action(reset);
  withConnection(user.command("end-sessions <name>").description("end all sessions and tokens")).action(endSessions);
  withConnection(user.command("delete <name>").description("remove a person with their roles")).action(remove);
}

async function create(name: string, given: unknown): Promise<void> {
  const options = CreateOptions.parse(given);
  const directory = new Directory(options);
  const scope = scopeOf(directory, options);
  const password = options.passwordPrompt ? await askNewPassword() : undefined;
  const { displayName } = options;
  const { isNew, answer } = await directory.send("PUT", pathOf(name), DirectoryUser, {
    properties: { ...(displayName && { displayName }), ...(password !== undefined && { password }) },
  });
  const role = options.role && (await directory.assignRole(answer.properties.principalId, options.role, scope));
  if (options.json) return say(JSON.stringify({ ...answer, ...(role && { role, scope }) }));
  say(isNew ? `${answer.name} can sign in now.` : `${answer.name} was there already.`);
  if (answer.properties.password !== undefined) {
    say(`Password (shown only now): ${answer.properties.password}`);
  }
  if (role) say(`Role: ${role} at ${scope}`);
}

async function list(given: unknown): Promise<void> {
  const options = DirectoryOptions.parse(given);
  const users = await new Directory(options).list("users", DirectoryUser);
  if (options.json) return say(JSON.stringify(users));
  const rows = users.map(({ name, properties: { displayName, isDisabled, principalId } }) => [
    name,
    displayName,
    isDisabled ? "disabled" : "",
    principalId,
  ]);
  say(table([["NAME", "SHOWN AS", "STATE", "PRINCIPAL ID"], ...rows]));
}

async function setDisabled(name: string, given: unknown, isDisabled: boolean): Promise<void> {
  const directory = new Directory(DirectoryOptions.parse(given));
  // A PUT makes who is not there; this must not.
  await directory.send("GET", pathOf(name), DirectoryUser);
  await directory.send("PUT", pathOf(name), DirectoryUser, { properties: { isDisabled } });
  say(`${name} ${isDisabled ? "may not sign in any more; all sessions have ended" : "may sign in again"}.`);
}

async function reset(name: string, given: unknown): Promise<void> {
  const options = ResetOptions.parse(given);
  const directory = new Directory(options);
  const body = options.passwordPrompt ? { password: await askNewPassword() } : {};
  const { answer } = await directory.send("POST", `${pathOf(name)}/resetPassword`, PasswordResetAnswer, body);
  if (options.json) return say(JSON.stringify(answer));
  say(answer.password === undefined ? "The password was changed." : `Password (shown only now): ${answer.password}`);
}

async function endSessions(name: string, given: unknown): Promise<void> {
  await new Directory(DirectoryOptions.parse(given)).run("POST", `${pathOf(name)}/endSessions`);
  say(`All sessions of ${name} have ended.`);
}

async function remove(name: string, given: unknown): Promise<void> {
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", pathOf(name));
  say(isGone ? `${name} was removed.` : `There was no '${name}'.`);
}
