#!/usr/bin/env node
// Plain JavaScript that every Node understands: the sources behind it are TypeScript for Node 24. A checkout knows how to get
// that Node and the packages; anywhere else the user is told.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const needed = 24;
const isNewEnough = Number(process.versions.node.split(".")[0]) >= needed;
const bootstrap = fileURLToPath(new URL("../../tools/bootstrap.mjs", import.meta.url));

if (isNewEnough && isInstalled()) {
  const { main } = await import("../src/main.ts");
  process.exitCode = await main(process.argv);
} else if (existsSync(bootstrap)) {
  const child = spawn(process.execPath, [bootstrap, "arcfleet", ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
} else {
  console.error(
    `arcfleet needs Node ${needed} or newer, and this is ${process.versions.node}: install it from https://nodejs.org.`,
  );
  process.exit(1);
}

function isInstalled() {
  try {
    import.meta.resolve("commander");
    return true;
  } catch {
    return false;
  }
}
