import { chmod, mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names the folder in memory in the environment of tests (tests/support/quick-folder.ts). */
export const memoryVariable = "ARCFLEET_TEST_MEMORY";

/** The folders below which a run keeps all that it writes for a while. */
export interface RunFolders {
  /** For the environment of the suites. */
  readonly env: Readonly<Record<string, string>>;
  /** What lies in them, by name. */
  list(): Promise<string[]>;
  remove(): Promise<void>;
}

/**
 * Makes the folders of one run. Whatever its tests leave behind, killed ones too, goes with them. The names are short: paths of Unix
 * sockets are, too.
 * @param where where files lie in memory, and how much must be free there and in the machine for the databases of a run
 */
export async function makeRunFolders(where: { memoryRoot?: string; roomBytes?: number } = {}): Promise<RunFolders> {
  const { memoryRoot = "/dev/shm", roomBytes = 3 * 1024 ** 3 } = where;
  const temporary = await mkdtemp(join(tmpdir(), "arcfleet-run-"));
  const memory = (await hasRoom(memoryRoot, roomBytes)) ? await mkdtemp(join(memoryRoot, "arcfleet-run-")) : undefined;
  const folders = memory === undefined ? [temporary] : [temporary, memory];
  // PostgreSQL refuses to run as root: a test's server is another user's, and has to find its files.
  for (const folder of folders) await chmod(folder, 0o711);
  return {
    env: { TMPDIR: temporary, ...(memory === undefined ? {} : { [memoryVariable]: memory }) },
    list: async () => (await Promise.all(folders.map((folder) => readdir(folder)))).flat().sort(),
    async remove() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function hasRoom(root: string, roomBytes: number): Promise<boolean> {
  // Not there on every system, and in containers often small.
  const system = await statfs(root).catch(() => undefined);
  return system !== undefined && Math.min(system.bavail * system.bsize, process.availableMemory()) >= roomBytes;
}
