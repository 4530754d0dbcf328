/** One thing in the file system of an image. Paths are absolute; folders above it are made by themselves. */
export type ImageEntry = FileEntry | CopiedFileEntry | DirectoryEntry | LinkEntry;

interface Owned {
  readonly path: string;
  /** Owner and group, by default root. */
  readonly uid?: number;
}

/** A file with this content. */
export interface FileEntry extends Owned {
  readonly kind: "file";
  readonly content: string | Uint8Array;
  /** @default 0o644 */
  readonly mode?: number;
}

/** A copy of a file of the host. */
export interface CopiedFileEntry extends Owned {
  readonly kind: "copy";
  readonly from: string;
  /** @default 0o755 */
  readonly mode?: number;
}

export interface DirectoryEntry extends Owned {
  readonly kind: "directory";
  /** @default 0o755 */
  readonly mode?: number;
}

/** A symbolic link. */
export interface LinkEntry extends Owned {
  readonly kind: "link";
  readonly target: string;
}
