import { parseOperatorParams } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";

const paramsOf = (text: string) => parseOperatorParams(text).params;
const problemsOf = (text: string) => parseOperatorParams(text).problems;

describe("the flags of the operator of Flux v1", () => {
  test("have the defaults that the operator had", () => {
    expect(paramsOf("")).toEqual({ branch: "master", paths: [], pollSeconds: 300, isPruned: false });
  });

  test("say branch, folders, interval, and whether to prune", () => {
    expect(
      paramsOf("--git-branch=main --git-path=apps,infra/base --git-poll-interval=1m30s --sync-garbage-collection"),
    ).toEqual({ branch: "main", paths: ["apps", "infra/base"], pollSeconds: 90, isPruned: true });
    expect(paramsOf("--sync-garbage-collection=false").isPruned).toBe(false);
  });

  test("that concern what the operator wrote to the repository are taken and ignored", () => {
    expect(problemsOf("--git-readonly --git-user=x --git-email=y --manifest-generation=false")).toEqual([]);
  });

  test.each([
    ["--git-brunch=main", /--git-brunch is not known; known are --git-branch/],
    ["git-branch main", /'git-branch' is not a flag/],
    ["--git-branch", /needs a value/],
    ["--git-poll-interval=soon", /between 1s and 24h.*'soon'/],
    ["--git-poll-interval=25h", /between 1s and 24h/],
  ])("'%s' is refused in words", (text, words) => {
    expect(problemsOf(text)[0]).toMatch(words);
  });
});
