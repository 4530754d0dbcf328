import { z } from "zod";

/** Digest of an archive → the images it brought. Kept for each node. */
const LoadedArchives = z.record(z.string(), z.array(z.string()));
export type LoadedArchives = z.infer<typeof LoadedArchives>;

/** A damaged record only costs loading again. */
export function parseLoadedArchives(text: string): LoadedArchives {
  try {
    return LoadedArchives.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** The images that `ctr images import` says it has unpacked. */
export function unpackedImages(output: string): string[] {
  return [...output.matchAll(/^unpacking (\S+) /gm)].flatMap((match) => match[1] ?? []);
}

/** The record after loading one more archive: those whose image names it has taken over are no longer what the node has. */
export function withArchive(loaded: LoadedArchives, digest: string, images: readonly string[]): LoadedArchives {
  const kept = Object.entries(loaded).filter(([, names]) => !names.some((name) => images.includes(name)));
  return { ...Object.fromEntries(kept), [digest]: [...images] };
}
