/**
 * The file of a backup: gzip of lines of JSON. First what it is, then for each table its columns and a line for each row, then files of the
 * data folder, and at the end how many lines there were and their SHA-256. It is the same whichever database it comes from.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { link, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import type { Cell, Row } from "./rows.ts";

export const BackupHeader = z.object({
  format: z.literal("arcfleet-backup"),
  version: z.literal(1),
  createdAt: z.string(),
  from: z.enum(["sqlite", "postgres"]),
  /** The migrations that the database had seen. */
  migrations: z.array(z.number()),
  /** What opens the keys in it: `file:{master key}` and so on. */
  wrappedBy: z.array(z.string()),
  /** Where the control plane was reached: clusters look for it there. */
  endpoint: z.string().optional(),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

const TableLine = z.object({ table: z.string(), columns: z.array(z.string()) });
const Bytes = z.object({ bytes: z.base64() });
const RowLine = z.array(z.union([z.string(), z.number(), z.null(), Bytes]));
const FileLine = z.object({ file: z.string().regex(/^charts\/[^/\\]+\.tgz$/), bytes: z.base64() });
const MasterKeysLine = z.object({ masterKeys: z.string() });
const EndLine = z.object({ end: z.literal(true), lines: z.number(), sha256: z.string() });
const Line = z.union([RowLine, TableLine, FileLine, MasterKeysLine, EndLine]);

/** A part of a backup. */
export type BackupPart =
  | { readonly kind: "table"; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: "row"; readonly cells: Row }
  | { readonly kind: "file"; readonly path: string; readonly content: Buffer }
  | { readonly kind: "masterKeys"; readonly text: string };

const encode = (part: BackupPart): unknown => {
  switch (part.kind) {
    case "table":
      return { table: part.table, columns: part.columns };
    case "row":
      return part.cells.map((cell) => (Buffer.isBuffer(cell) ? { bytes: cell.toString("base64") } : cell));
    case "file":
      return { file: part.path, bytes: part.content.toString("base64") };
    case "masterKeys":
      return { masterKeys: part.text };
  }
};

function decode(line: z.infer<typeof Line>): BackupPart | undefined {
  if (Array.isArray(line)) {
    const cells = line.map(
      (cell): Cell => (cell !== null && typeof cell === "object" ? Buffer.from(cell.bytes, "base64") : cell),
    );
    return { kind: "row", cells };
  }
  if ("table" in line) return { kind: "table", ...line };
  if ("file" in line) return { kind: "file", path: line.file, content: Buffer.from(line.bytes, "base64") };
  if ("masterKeys" in line) return { kind: "masterKeys", text: line.masterKeys };
  return undefined;
}

/** Writes a backup for its owner's eyes alone. The file is there when it is complete, and not before. @throws when there is one already. */
export async function writeBackup(path: string, header: BackupHeader, parts: AsyncIterable<BackupPart>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.part`;
  const hash = createHash("sha256");
  async function* lines(): AsyncGenerator<string> {
    let count = 0;
    const line = (value: unknown): string => {
      const text = `${JSON.stringify(value)}\n`;
      hash.update(text);
      count++;
      return text;
    };
    yield line(header);
    for await (const part of parts) yield line(encode(part));
    yield `${JSON.stringify({ end: true, lines: count, sha256: hash.digest("hex") })}\n`;
  }
  if (existsSync(path)) throw new Error(`${path} exists: a backup never replaces a file`);
  try {
    await pipeline(
      Readable.from(lines()),
      createGzip(),
      createWriteStream(draft, { mode: 0o600, flags: "wx", flush: true }),
    );
    // Unlike a rename, a link does not replace what somebody put there in the meantime.
    await link(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function* textLines(path: string): AsyncGenerator<string> {
  const gunzip = createGunzip();
  gunzip.setEncoding("utf8");
  const file = createReadStream(path);
  file.on("error", (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  let rest: string[] = [];
  for await (const chunk of gunzip) {
    const [first = "", ...more] = String(chunk).split("\n");
    rest.push(first);
    for (const next of more) {
      yield rest.join("");
      rest = [next];
    }
  }
  if (rest.join("") !== "") throw new Error("it ends in the middle of a line");
}

/** Reads all of a backup and checks it. @throws when it was changed or is not complete. */
export async function checkBackup(path: string): Promise<BackupHeader> {
  try {
    const hash = createHash("sha256");
    let header: BackupHeader | undefined;
    let count = 0;
    let isComplete = false;
    for await (const text of textLines(path)) {
      if (isComplete) throw new Error("something follows its end");
      const value: unknown = JSON.parse(text);
      header ??= BackupHeader.parse(value);
      const end = EndLine.safeParse(value);
      if (end.success) {
        isComplete = end.data.lines === count && end.data.sha256 === hash.digest("hex");
        if (!isComplete) throw new Error("its check sum does not fit its content");
        continue;
      }
      hash.update(`${text}\n`);
      count++;
    }
    if (header === undefined || !isComplete) throw new Error("its end is missing");
    return header;
  } catch (cause) {
    throw new Error(`The backup ${path} cannot be read, was changed or is not complete`, { cause });
  }
}

/** The parts of a backup that was checked. */
export async function* readBackup(path: string): AsyncGenerator<BackupPart> {
  let isFirst = true;
  for await (const text of textLines(path)) {
    if (!isFirst) {
      const part = decode(Line.parse(JSON.parse(text)));
      if (part !== undefined) yield part;
    }
    isFirst = false;
  }
}
