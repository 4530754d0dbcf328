import { setImmediate } from "node:timers/promises";
import { runtime } from "@pulumi/pulumi";
import type { Program } from "./mock-fleet.ts";
import { ProgramError } from "./program-error.ts";

/**
 * Runs a program until it declares nothing more, that is, until the callbacks of its outputs ran too.
 * @returns what the program returns or exports
 */
export async function runToItsEnd(program: Program, countDeclared: () => number): Promise<unknown> {
  const returned = await start(program);
  await settle(countDeclared);
  if (countDeclared() === 0 && !(program instanceof URL)) throw nothingDeclared();
  return returned;
}

let runs = 0;

/** A module is run once however often it is imported; another query makes it another module. */
const start = async (program: Program): Promise<unknown> =>
  program instanceof URL ? import(`${program.href}?mockFleet=${++runs}`) : program();

async function settle(countDeclared: () => number): Promise<void> {
  let seen: number;
  do {
    seen = countDeclared();
    // Ends when everything that was registered is answered; with mocks nothing is disconnected by it.
    await runtime.disconnect();
    // What waited for those answers runs now, and may register more.
    await setImmediate();
    await runtime.disconnect();
  } while (countDeclared() !== seen);
}

const nothingDeclared = () =>
  new ProgramError(
    'The program declared nothing. A module is run only once: give its URL, `new URL("./index.ts", import.meta.url)`, to run it again.',
  );
