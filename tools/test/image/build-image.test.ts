import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { buildImage, type ImageRecipe } from "../../src/image/build-image.ts";
import { temporaryFolders } from "../setup/temporary-folder.ts";

const newFolder = temporaryFolders();
const before = process.env.ARCFLEET_CACHE;
let program = "";

beforeEach(() => {
  process.env.ARCFLEET_CACHE = newFolder();
  program = join(newFolder(), "program");
  writeFileSync(program, "first");
});

afterEach(() => {
  if (before === undefined) delete process.env.ARCFLEET_CACHE;
  else process.env.ARCFLEET_CACHE = before;
});

const recipe = (): ImageRecipe => ({
  name: "arcfleet.local/try",
  tag: "1.0.0",
  entries: [{ kind: "copy", path: "/program", from: program }],
  user: 65532,
  entrypoint: ["/program"],
});

test("the same recipe is made once, also by two callers at once", async () => {
  const [first, second] = await Promise.all([buildImage(recipe()), buildImage(recipe())]);
  expect(second).toBe(first);
  const content = readFileSync(first);
  expect(await buildImage(recipe())).toBe(first);
  expect(readFileSync(first).equals(content)).toBe(true);
});

test("changed content gives another archive and leaves the first", async () => {
  const first = await buildImage(recipe());
  writeFileSync(program, "second");
  const second = await buildImage(recipe());
  expect(second).not.toBe(first);
  expect(existsSync(first)).toBe(true);
});
