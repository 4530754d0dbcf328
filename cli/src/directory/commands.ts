import type { Command } from "commander";
import { addPrincipalCommands } from "./principal-commands.ts";
import { addUserCommands } from "./user-commands.ts";

/** The commands about who can sign in. They ask a running control plane, with the rights of the connection's owner. */
export function addDirectoryCommands(program: Command): void {
  addUserCommands(program);
  addPrincipalCommands(program);
}
