import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabPaths } from "./lab-paths.ts";

const LabRecord = z.object({ version: z.literal(1), driver: z.enum(["bare", "kind"]), slot: z.number().int().min(0) });
export type LabRecord = z.infer<typeof LabRecord>;

/** What is known about a lab; undefined when there is nothing, or nothing readable, which `down` can still clean up. */
export function readLabRecord(recordPath: string): LabRecord | undefined {
  if (!existsSync(recordPath)) return undefined;
  try {
    return LabRecord.parse(JSON.parse(readFileSync(recordPath, "utf8")));
  } catch (cause) {
    throw new Error(`${recordPath} cannot be read; run "npm run lab -- down --all" to clear every lab`, { cause });
  }
}

export function writeLabRecord(paths: LabPaths, record: LabRecord): void {
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${paths.record}.new`, JSON.stringify(record));
  renameSync(`${paths.record}.new`, paths.record);
}

/** Names of all labs that have a folder. */
export function recordedLabs(root: string): string[] {
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name);
}

export function recordedClusters(paths: LabPaths): { name: string; index: number }[] {
  if (!existsSync(paths.folder)) return [];
  const pattern = new RegExp(`^${paths.name}-(\\d+)$`);
  return readdirSync(paths.folder)
    .flatMap((name) => {
      const index = pattern.exec(name)?.[1];
      return index === undefined ? [] : [{ name, index: Number(index) }];
    })
    .sort((a, b) => a.index - b.index);
}

/** Address ranges that labs of this state folder hold. */
export function usedSlots(root: string): Set<number> {
  const slots = recordedLabs(root).map((name) => readLabRecord(join(root, name, "lab.json"))?.slot);
  return new Set(slots.filter((slot) => slot !== undefined));
}
