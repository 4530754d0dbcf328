import { mkdir } from "node:fs/promises";
import { Command } from "commander";
import lockfile from "proper-lockfile";
import { demoDown } from "../demo/demo-down.ts";
import { demoFolder } from "../demo/demo-state.ts";
import { demoUp } from "../demo/demo-up.ts";
import { interruptedExitCode, withInterrupts } from "../interrupts.ts";
import { workFolder } from "../work-folder.ts";

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `npm run demo` */
export async function run(args: string[]): Promise<number> {
  let exitCode = 0;
  const command = new Command("npm run demo --")
    .description("A control plane, two clusters and a fleet on this machine")
    .option("--kubeconfig <file>", "use this cluster instead of a lab cluster; may be repeated", collect, [])
    .option("--address <address>", "the address of this machine that the pods of your clusters reach")
    .action(async ({ kubeconfig, address }: { kubeconfig: string[]; address?: string }) => {
      exitCode = await alone(async (signal) => {
        const lines = await demoUp({ kubeconfigs: kubeconfig, address, signal, log });
        process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      });
    });
  command
    .command("down")
    .description("remove the fleet, the control plane, the lab clusters and everything else of the demo")
    .action(async () => {
      exitCode = await alone((signal) => demoDown({ log, signal }));
    });
  await command.parseAsync(args, { from: "user" });
  return exitCode;
}

/** One run at a time in this checkout; a Ctrl-C ends it in an orderly way. */
async function alone(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  await mkdir(workFolder, { recursive: true });
  const options = {
    lockfilePath: `${demoFolder}.lock`,
    stale: 15_000,
    // A machine too busy to keep the lock fresh, or a folder that was deleted: no reason to stop half-way.
    onCompromised: (error: Error) => log(`the lock of the demo was lost (${error.message}); going on without it`),
  };
  const release = await lockfile.lock(workFolder, options).catch(() => {
    throw new Error(
      "another `npm run demo` runs in this checkout; wait for it, or try again in 15 seconds if it was killed",
    );
  });
  try {
    const exitCode = await withInterrupts(async (signal) => {
      await work(signal);
      return 0;
    });
    if (exitCode === interruptedExitCode) {
      log('what was made is kept: "npm run demo" goes on from there, "npm run demo -- down" removes it');
    }
    return exitCode;
  } finally {
    await release().catch(() => undefined);
  }
}
