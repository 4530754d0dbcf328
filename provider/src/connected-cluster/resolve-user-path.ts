import { homedir } from "node:os";
import { resolve } from "node:path";

/** The path of a file as users write it: relative to the program's folder, `~` for the home folder. */
export const resolveUserPath = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, homedir()));
