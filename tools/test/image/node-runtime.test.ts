import { describe, expect, test } from "@jest/globals";
import { nameAndTag } from "../../src/image/image-reference.ts";
import { nodeRuntimeEntries, readLibraries } from "../../src/image/node-runtime.ts";

const LDD = `	linux-vdso.so.1 (0x00007ffd5b5f2000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1f3b4c1000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1f3af6f000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f1f3b4ce000)
`;

describe("readLibraries", () => {
  test("finds the libraries and the loader, but not what the kernel itself provides", () => {
    expect(readLibraries(LDD)).toEqual([
      "/lib/x86_64-linux-gnu/libdl.so.2",
      "/lib/x86_64-linux-gnu/libc.so.6",
      "/lib64/ld-linux-x86-64.so.2",
    ]);
  });

  test("names a library that is missing", () => {
    expect(() => readLibraries("	libatomic.so.1 => not found\n")).toThrow("libatomic.so.1");
  });
});

test("the Node base holds the program, its loader, a user without rights and a place for temporary files", async () => {
  const paths = (await nodeRuntimeEntries()).map((entry) => entry.path);
  expect(paths).toEqual(expect.arrayContaining(["/usr/local/bin/node", "/etc/passwd", "/tmp"]));
  expect(paths.some((path) => /\/ld-linux[^/]*$/.test(path))).toBe(true);
});

test("an image reference is a name and a tag, also with a port in the name", () => {
  expect(nameAndTag("localhost:5000/try:1")).toEqual({ name: "localhost:5000/try", tag: "1" });
  expect(() => nameAndTag("localhost:5000/try")).toThrow("has no tag");
});
