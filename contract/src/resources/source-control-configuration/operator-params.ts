/** What of the flags of Flux v1's operator has a meaning for Flux v2. */
export interface OperatorParams {
  readonly branch: string;
  /** Folders of the repository; none means its root. */
  readonly paths: readonly string[];
  readonly pollSeconds: number;
  /** Whether what disappears from the repository disappears from the cluster. */
  readonly isPruned: boolean;
}

export interface ParsedOperatorParams {
  readonly params: OperatorParams;
  /** What cannot be understood, in words. */
  readonly problems: readonly string[];
}

/** Flags of the operator's own doings in the repository: nothing writes there any more. */
const withoutMeaning = new Set([
  "git-readonly",
  "git-user",
  "git-email",
  "git-label",
  "git-sync-tag",
  "git-notes-ref",
  "git-ci-skip",
  "git-ci-skip-message",
  "git-set-author",
  "git-timeout",
  "manifest-generation",
  "registry-disable-scanning",
  "registry-poll-interval",
  "sync-interval",
  "sync-state",
  "log-format",
]);

const defaults: OperatorParams = { branch: "master", paths: [], pollSeconds: 300, isPruned: false };

/** Reads the flags as a shell would split them, without quoting: none of them needs it. */
export function parseOperatorParams(text: string): ParsedOperatorParams {
  const problems: string[] = [];
  let params = defaults;
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const { name, value } = /^--(?<name>[a-z-]+)(?:=(?<value>.*))?$/.exec(word)?.groups ?? {};
    if (name === undefined) problems.push(`'${word}' is not a flag of the form --name=value`);
    else if (withoutMeaning.has(name)) continue;
    else params = { ...params, ...readFlag(name, value, problems) };
  }
  return { params, problems };
}

function readFlag(name: string, value: string | undefined, problems: string[]): Partial<OperatorParams> {
  switch (name) {
    case "git-branch":
      if (value) return { branch: value };
      problems.push("--git-branch needs a value");
      return {};
    case "git-path":
      return { paths: (value ?? "").split(",").filter((path) => path !== "") };
    case "git-poll-interval": {
      const pollSeconds = secondsOf(value ?? "");
      if (pollSeconds !== undefined && pollSeconds >= 1 && pollSeconds <= 86_400) return { pollSeconds };
      problems.push(`--git-poll-interval must be between 1s and 24h, such as 5m; it is '${value ?? ""}'`);
      return {};
    }
    case "sync-garbage-collection":
      return { isPruned: value !== "false" };
    default:
      problems.push(
        `--${name} is not known; known are --git-branch, --git-path, --git-poll-interval, --sync-garbage-collection`,
      );
      return {};
  }
}

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** A duration as Go writes it, in whole seconds: `1h30m`. */
function secondsOf(text: string): number | undefined {
  if (!/^(\d+[hms])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit = "s"]) => sum + Number(count) * (unitSeconds[unit] ?? 1),
    0,
  );
}
