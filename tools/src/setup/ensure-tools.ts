import { cacheDir } from "./cache-dir.ts";
import { findInCache, removeLeftovers } from "./cached-tool.ts";
import { canInstallDebianPackages, installDebianPackages } from "./debian-source.ts";
import { fetchTool, type Network } from "./fetch-tool.ts";
import { findOnPath } from "./path-source.ts";
import { withSetUpLock } from "./set-up-lock.ts";
import type { FoundTool, Log, ToolDefinition, ToolName } from "./tool.ts";
import { toolDefinition } from "./tool-table.ts";

type Refusals = Map<ToolName, string[]>;

// A process asks the internet in vain once, however many tools it needs.
const thisRun: Network = { unreachable: false };

/**
 * Makes sure that these tools are there and gives their absolute paths. Each comes from the first source that has it:
 * PATH at an accepted version, the project's cache, the vendor's release, its pinned Go module (or, for what belongs to
 * the machine, a Debian package). With nothing missing this only looks.
 *
 * @example const { helm, kubectl } = await ensureTools(["helm", "kubectl"], console.error);
 */
export async function ensureTools<Name extends ToolName>(
  names: readonly Name[],
  log: Log,
): Promise<Record<Name, string>> {
  const cache = cacheDir();
  const wanted = names.map(toolDefinition);
  const found = new Map<ToolName, FoundTool>();
  const refusals: Refusals = new Map();
  await lookFor(wanted, cache, found, refusals);
  if (missing(wanted, found).length > 0) {
    await withSetUpLock(cache, log, async () => {
      await removeLeftovers(cache);
      // Another set-up may have made them while this one waited.
      await lookFor(missing(wanted, found), cache, found, refusals);
      await installMissingPackages(missing(wanted, found), cache, found, refusals, log);
      for (const tool of missing(wanted, found)) {
        const fetched = await fetchTool(tool, { cache, log, network: thisRun });
        if ("found" in fetched) found.set(tool.name, fetched.found);
        else refusals.set(tool.name, [...(refusals.get(tool.name) ?? []), ...fetched.refused]);
      }
    });
  }
  report(wanted, found, log);
  return pathsOf(names, found, refusals);
}

/** The path of a tool if it is there already (on PATH or in the cache); never fetches anything. */
export async function findTool(name: ToolName): Promise<string | undefined> {
  const found = new Map<ToolName, FoundTool>();
  await lookFor([toolDefinition(name)], cacheDir(), found, new Map());
  return found.get(name)?.path;
}

const missing = (wanted: readonly ToolDefinition[], found: ReadonlyMap<ToolName, FoundTool>) =>
  wanted.filter((tool) => !found.has(tool.name));

async function lookFor(
  tools: readonly ToolDefinition[],
  cache: string,
  found: Map<ToolName, FoundTool>,
  refusals: Refusals,
): Promise<void> {
  await Promise.all(
    tools.map(async (tool) => {
      const answer = await findOnPath(tool);
      if (answer && "refused" in answer) refusals.set(tool.name, [answer.refused]);
      const hit = answer && "found" in answer ? answer.found : await findInCache(cache, tool);
      if (hit) found.set(tool.name, hit);
    }),
  );
}

async function installMissingPackages(
  tools: readonly ToolDefinition[],
  cache: string,
  found: Map<ToolName, FoundTool>,
  refusals: Refusals,
  log: Log,
): Promise<void> {
  const packaged = tools.filter((tool) => tool.debianPackage);
  if (packaged.length === 0 || !(await canInstallDebianPackages())) return;
  await installDebianPackages(packaged, log);
  await lookFor(packaged, cache, found, refusals);
}

/** Where a tool came from is told once: a command asks for the same tools in several of its steps. */
const told = new Set<ToolName>();

function report(wanted: readonly ToolDefinition[], found: ReadonlyMap<ToolName, FoundTool>, log: Log): void {
  for (const { name } of wanted) {
    const tool = found.get(name);
    if (!tool || told.has(name)) continue;
    told.add(name);
    log(`${name} ${tool.version} from ${tool.source}: ${tool.path}`);
  }
}

function pathsOf<Name extends ToolName>(
  names: readonly Name[],
  found: ReadonlyMap<ToolName, FoundTool>,
  refusals: Refusals,
): Record<Name, string> {
  const problems: string[] = [];
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const path = found.get(name)?.path;
    if (path) paths[name] = path;
    else problems.push(describeProblem(toolDefinition(name), refusals.get(name) ?? []));
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return paths as Record<Name, string>; // complete: every name without a path is a problem, and there is none
}

function describeProblem({ name, neededTo, byHand }: ToolDefinition, reasons: readonly string[]): string {
  const why = reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
  return `${name} is needed to ${neededTo}: ${byHand}${why}`;
}
