import type { Command } from "commander";
import { addPrincipalCommands } from "./principals.ts";
import { addUserCommands } from "./users.ts";

/** The commands about who can sign in. They ask a running control plane, with the rights of the connection's owner. */
export function addDirectoryCommands(program: Command): void {
  addUserCommands(program);
  addPrincipalCommands(program);
}
