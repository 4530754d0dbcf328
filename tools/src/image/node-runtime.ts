import { realpath } from "node:fs/promises";
import { execa } from "execa";
import { userEntries } from "./base-entries.ts";
import type { ImageEntry } from "./image-entry.ts";

/** The user that Node images run as. */
export const NODE_USER = 65532;

/** Where the program lies in the image. */
export const NODE_PROGRAM = "/usr/local/bin/node";

const LDD_TIMEOUT_MS = 10_000;

/**
 * The running Node with the shared libraries it needs, a user without rights and /tmp: the base of an image whose
 * program is JavaScript.
 */
export async function nodeRuntimeEntries(): Promise<ImageEntry[]> {
  if (process.platform !== "linux") {
    throw new Error(
      "an image with Node takes its files from this machine, which must be Linux; run this in a container",
    );
  }
  const program = await realpath(process.execPath);
  const { stdout } = await execa("ldd", [program], { timeout: LDD_TIMEOUT_MS });
  return [
    ...userEntries("nonroot", NODE_USER),
    { kind: "copy", path: NODE_PROGRAM, from: program },
    ...readLibraries(stdout).map((path): ImageEntry => ({ kind: "copy", path, from: path })),
  ];
}

/** The libraries and the loader that `ldd` names, at the paths where the loader will look for them. */
export function readLibraries(lddOutput: string): string[] {
  const lacking = /^\s*(\S+) => not found/m.exec(lddOutput);
  if (lacking) throw new Error(`Node needs the library ${lacking[1]}, which this machine does not have`);
  const paths = lddOutput.split("\n").flatMap((line) => /^\s*(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}
