import { describe, expect, test } from "@jest/globals";
import { parseLoadedArchives, unpackedImages, withArchive } from "../../src/lab/loaded-archives.ts";

describe("what a node remembers of loaded archives", () => {
  test("an archive whose name another one has taken must be loaded again", () => {
    const first = withArchive({}, "digest-1", ["agents:1"]);
    const second = withArchive(withArchive(first, "digest-2", ["agents:1"]), "digest-3", ["other:1"]);
    expect(second).toEqual({ "digest-2": ["agents:1"], "digest-3": ["other:1"] });
  });

  test("image names come from what the import says", () => {
    expect(unpackedImages("unpacking arcfleet.local/probe:1 (sha256:abc)...done\n")).toEqual([
      "arcfleet.local/probe:1",
    ]);
  });

  test("a damaged record counts as empty", () => {
    expect(parseLoadedArchives('{"digest')).toEqual({});
    expect(parseLoadedArchives('{"digest":["a"]}')).toEqual({ digest: ["a"] });
  });
});
