import type { HasMetadata } from "../runtime/index.ts";

/** What changes of a mirrored object are news: its status above all, which is what gets reported. */
export const versionWithStatus = ({ metadata, status }: HasMetadata & { readonly status?: unknown }): string =>
  JSON.stringify([metadata.uid, metadata.generation, metadata.deletionTimestamp, status]);
