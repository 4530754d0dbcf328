import { staleGoldenFiles } from "@arcfleet/tools/golden/golden-files.ts";
import { expect, test } from "@jest/globals";

test("golden files are what they are made from (`npm run check -- --update` writes them anew)", async () => {
  expect(await staleGoldenFiles()).toEqual([]);
});
