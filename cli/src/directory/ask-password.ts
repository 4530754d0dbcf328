import { text } from "node:stream/consumers";
import password from "@inquirer/password";

/** Asks for a new password twice without showing it; what is piped in is read as it is. */
export async function askNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  const first = await password({ message: "New password:", mask: true });
  const second = await password({ message: "Once more:", mask: true });
  if (first !== second) throw new Error("The two passwords are not the same. Nothing was changed.");
  return first;
}
