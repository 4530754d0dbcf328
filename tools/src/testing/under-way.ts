import { relative } from "node:path";
import { formatElapsed } from "../setup/progress.ts";
import { repositoryRoot } from "../setup/repository.ts";
import type { Progress } from "./progress.ts";

/** All that is known of a suite that has not ended. */
export interface Standing {
  /** A line for each file that has begun and not ended: its tests that run and since when, or that none does. */
  readonly doing: readonly string[];
  /** Full names of the tests that ended, by how they did. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** Follows a suite while it runs. */
export interface UnderWay {
  note(progress: Progress): void;
  standing(): Standing;
}

interface RunningFile {
  readonly since: number;
  /** When each running test began. */
  readonly tests: Map<string, number>;
  ended: number;
  lastEnd: number;
}

export function createUnderWay(now: () => number = () => performance.now()): UnderWay {
  const files = new Map<string, RunningFile>();
  const passed: string[] = [];
  const failed: string[] = [];
  const fileOf = (path: string): RunningFile => {
    const known = files.get(path) ?? { since: now(), tests: new Map(), ended: 0, lastEnd: now() };
    files.set(path, known);
    return known;
  };

  const describe = (): string[] => {
    const since = (start: number): string => `for ${formatElapsed(now() - start)}`;
    return [...files].map(([path, { since: began, tests, ended, lastEnd }]) => {
      const running = [...tests].map(([name, start]) => `"${name}" ${since(start)}`);
      const doing =
        running.length > 0 ? running.join(", ") : `in no test (imports, set-up or tear-down) ${since(lastEnd)}`;
      return `${relative(repositoryRoot, path)} (${since(began)}, ${ended} ended): ${doing}`;
    });
  };

  return {
    standing: () => ({ doing: describe(), passed: [...passed], failed: [...failed] }),
    note(progress) {
      if (progress.kind === "file ended") {
        if (progress.isBroken)
          failed.push(`${relative(repositoryRoot, progress.file)}: the file could not be run to its end`);
        files.delete(progress.file);
        return;
      }
      const file = fileOf(progress.file);
      if (progress.kind === "test began") file.tests.set(progress.name, now());
      if (progress.kind === "test ended") {
        file.tests.delete(progress.name);
        file.ended += 1;
        file.lastEnd = now();
        if (progress.status === "passed") passed.push(progress.name);
        if (progress.status === "failed") failed.push(progress.name);
      }
    },
  };
}
