// The first thing every `npm run …` starts, and `npx arcfleet` where Node is too old. It needs nothing but some Node (18 or newer) and npm: it finds or fetches
// Node 24 (the sources use type stripping and the built-in node:sqlite), installs the packages of the lock file when
// they are missing or stale, and hands over to tools/src/main.ts. Plain JavaScript, because nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_VERSION = "24.21.0";
const NPM_TIMEOUT_MS = 15 * 60_000;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.ARCFLEET_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "arcfleet");

const say = (text) => process.stderr.write(`setup: ${text}\n`);

const fail = (text) => {
  say(text);
  process.exit(1);
};

/** Runs npm quietly; gives what it said when it failed. */
function npm(args, options, why) {
  // The log level is said again because `npm run --silent` hands its own down, and then errors would be empty.
  const result = spawnSync("npm", [...args, "--no-fund", "--no-audit", "--loglevel=error"], {
    encoding: "utf8",
    timeout: NPM_TIMEOUT_MS,
    ...options,
  });
  if (result.error) fail(`npm could not be started (${result.error.message}); install npm, it is needed to ${why}`);
  return result.status === 0
    ? undefined
    : `npm ${args.join(" ")} failed while trying to ${why}:\n${result.stdout}${result.stderr}`;
}

/** The folder of a Node of major version 24 or newer: the running one, or one kept in the cache. */
function nodeFolder() {
  if (Number(process.versions.node.split(".")[0]) >= 24) return dirname(process.execPath);
  const prefix = join(cache, "node", NODE_VERSION);
  const bin = (folder) => join(folder, "node_modules", "node", "bin");
  if (existsSync(join(bin(prefix), "node"))) return bin(prefix);
  say(`Node ${process.versions.node} is too old, fetching Node ${NODE_VERSION} from npm (once, kept in ${cache})`);
  // Under another name until it is complete: whoever is killed here must not leave half a Node behind.
  const temporary = `${prefix}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  const problem = npm(
    ["install", "--prefix", temporary, "--no-save", `node@${NODE_VERSION}`],
    { cwd: temporary },
    "fetch Node 24",
  );
  if (problem) fail(problem);
  if (!existsSync(join(bin(temporary), "node"))) {
    fail(`npm installed node@${NODE_VERSION} but ${bin(temporary)}/node is missing; install Node 24 or newer by hand`);
  }
  if (existsSync(join(bin(prefix), "node"))) {
    rmSync(temporary, { recursive: true, force: true }); // another bootstrap was faster
  } else {
    rmSync(prefix, { recursive: true, force: true });
    renameSync(temporary, prefix);
  }
  return bin(prefix);
}

const readLock = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/**
 * Whether the installed packages are those of the lock file. npm notes what it installed in a lock file of its own.
 * Optional packages do not count: most of them are for other operating systems.
 */
function isInstalled() {
  const noted = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(noted)) return false;
  const installed = readLock(noted);
  return Object.entries(readLock(join(root, "package-lock.json"))).every(
    ([path, { version, optional, devOptional, peer }]) =>
      !path.includes("node_modules/") ||
      optional ||
      devOptional ||
      peer ||
      !version ||
      installed[path]?.version === version,
  );
}

/** Installs the packages of the lock file unless they are there already. */
function installPackages(env) {
  if (isInstalled()) return;
  withInstallLock(() => {
    if (isInstalled()) return;
    say("installing npm packages");
    const problem = npm(["ci"], { cwd: root, env }, "install this project's packages");
    if (problem) fail(problem);
  });
}

/** Lets one bootstrap at a time install; a lock whose owner is gone is taken over. */
function withInstallLock(work) {
  const folder = join(root, ".arcfleet");
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, "npm-install.lock");
  for (let waiting = false; ; waiting = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld(lock)) rmSync(lock, { force: true });
    else if (!waiting) say("another command is installing the npm packages; waiting for it");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isHeld(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // A lock without a number is one that is just being written, unless it stays that way.
    if (!pid) return Date.now() - statSync(lock).mtimeMs < 10_000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const bin = nodeFolder();
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
installPackages(env);

// `arcfleet …` is the product's own command, called in a checkout by a Node that cannot run it.
const [first, ...rest] = process.argv.slice(2);
const program =
  first === "arcfleet"
    ? [join(root, "cli", "bin", "arcfleet.mjs"), ...rest]
    : [join(root, "tools", "src", "main.ts"), ...process.argv.slice(2)];
const child = spawn(join(bin, "node"), program, {
  stdio: "inherit",
  env,
});
// The child decides what an interrupt means (it has things to stop); this process only waits for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
