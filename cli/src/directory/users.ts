/** What `arcfleet user …` does; user-commands.ts says which there are. */
import { DirectoryUser, PasswordResetAnswer } from "@arcfleet/contract";
import { z } from "zod";
import { askNewPassword } from "./ask-password.ts";
import { Directory, DirectoryOptions, say, scopeOf, table } from "./directory.ts";

const CreateOptions = DirectoryOptions.extend({
  displayName: z.string().min(1).optional(),
  passwordPrompt: z.boolean().default(false),
  role: z.string().min(1).optional(),
  scope: z.string().min(1).optional(),
  resourceGroup: z.string().min(1).optional(),
});
const ResetOptions = DirectoryOptions.extend({ passwordPrompt: z.boolean().default(false) });

const pathOf = (name: string): string => `users/${encodeURIComponent(name)}`;

export async function create(name: string, given: unknown): Promise<void> {
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

export async function list(given: unknown): Promise<void> {
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

export async function setDisabled(name: string, given: unknown, isDisabled: boolean): Promise<void> {
  const directory = new Directory(DirectoryOptions.parse(given));
  // A PUT makes who is not there; this must not.
  await directory.send("GET", pathOf(name), DirectoryUser);
  await directory.send("PUT", pathOf(name), DirectoryUser, { properties: { isDisabled } });
  say(`${name} ${isDisabled ? "may not sign in any more; all sessions have ended" : "may sign in again"}.`);
}

export async function reset(name: string, given: unknown): Promise<void> {
  const options = ResetOptions.parse(given);
  const directory = new Directory(options);
  const body = options.passwordPrompt ? { password: await askNewPassword() } : {};
  const { answer } = await directory.send("POST", `${pathOf(name)}/resetPassword`, PasswordResetAnswer, body);
  if (options.json) return say(JSON.stringify(answer));
  say(answer.password === undefined ? "The password was changed." : `Password (shown only now): ${answer.password}`);
}

export async function endSessions(name: string, given: unknown): Promise<void> {
  await new Directory(DirectoryOptions.parse(given)).run("POST", `${pathOf(name)}/endSessions`);
  say(`All sessions of ${name} have ended.`);
}

export async function remove(name: string, given: unknown): Promise<void> {
  const isGone = await new Directory(DirectoryOptions.parse(given)).run("DELETE", pathOf(name));
  say(isGone ? `${name} was removed.` : `There was no '${name}'.`);
}
