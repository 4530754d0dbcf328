import type { Command } from "commander";
import { withConnection } from "./options.ts";

/** Loaded when one of them runs. */
const users = () => import("./users.ts");

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
    .action(async (name: string, options: unknown) => (await users()).create(name, options));
  withConnection(user.command("list").description("who there is")).action(async (options: unknown) =>
    (await users()).list(options),
  );
  withConnection(user.command("disable <name>").description("may not sign in any more; all sessions end")).action(
    async (name: string, options: unknown) => (await users()).setDisabled(name, options, true),
  );
  withConnection(user.command("enable <name>").description("may sign in again")).action(
    async (name: string, options: unknown) => (await users()).setDisabled(name, options, false),
  );
  withConnection(user.command("reset <name>").description("give a new password, shown once; all sessions end"))
    .option("--password-prompt", "ask for the password (or read it from standard input) instead of making one")
    .action(async (name: string, options: unknown) => (await users()).reset(name, options));
  withConnection(user.command("end-sessions <name>").description("end all sessions and tokens")).action(
    async (name: string, options: unknown) => (await users()).endSessions(name, options),
  );
  withConnection(user.command("delete <name>").description("remove a person with their roles")).action(
    async (name: string, options: unknown) => (await users()).remove(name, options),
  );
}
