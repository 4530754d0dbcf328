import { Command, InvalidArgumentError } from "commander";
import { withInterrupts } from "../interrupts.ts";
import { type ClusterStatus, labDown, labDownAll, labStatus, labUp, loadImage } from "../lab/index.ts";

const DEFAULT_LAB = "lab";
const log = (line: string) => process.stderr.write(`${line}\n`);
const print = (text: string) => process.stdout.write(`${text}\n`);

/** `npm run lab -- …` */
export function run(args: string[]): Promise<number> {
  return withInterrupts(async (signal) => {
    try {
      await labProgram(signal).parseAsync(args, { from: "user" });
    } catch (error) {
      // Nobody shows the error of a command that was interrupted: a clean-up that failed must be seen all the same.
      if (signal.aborted && error !== signal.reason) log(error instanceof Error ? error.message : String(error));
      throw error;
    }
    return 0;
  });
}

function labProgram(signal: AbortSignal): Command {
  const program = new Command("npm run lab --").description("real single-node Kubernetes clusters on this machine");
  program
    .command("up")
    .description("make sure that N clusters run and are ready; ready ones are kept")
    .argument("<count>", "how many clusters", parseCount)
    .option("--name <name>", "name of the lab", DEFAULT_LAB)
    .action(async (count: number, { name }: { name: string }) => {
      const clusters = await labUp({ name, count, log, signal });
      for (const cluster of clusters) print(`${cluster.name}\t${cluster.endpoint}\t${cluster.kubeconfig}`);
    });
  program
    .command("down")
    .description("remove a lab and everything it started")
    .option("--name <name>", "name of the lab", DEFAULT_LAB)
    .option("--all", "every lab of this machine")
    .action(({ name, all }: { name: string; all?: boolean }) => (all ? labDownAll({ log }) : labDown({ name, log })));
  program
    .command("status")
    .description("the clusters of all labs")
    .option("--name <name>", "only this lab")
    .option("--json", "as a JSON array")
    .action(async ({ name, json }: { name?: string; json?: boolean }) => {
      const clusters = await labStatus(name);
      print(json ? JSON.stringify(clusters, undefined, 2) : clusters.map(statusLine).join("\n") || "no lab is running");
    });
  program
    .command("load")
    .description("give every cluster of a lab the images of an archive (as docker save writes it)")
    .argument("<archive>", "path of the archive")
    .option("--name <name>", "name of the lab", DEFAULT_LAB)
    .action(async (archive: string, { name }: { name: string }) => {
      const clusters = await labStatus(name);
      if (clusters.length === 0)
        throw new Error(`lab ${name} has no cluster; make one with "npm run lab -- up 1 --name ${name}"`);
      for (const cluster of clusters) {
        await loadImage(cluster, archive);
        log(`${cluster.name}: loaded ${archive}`);
      }
    });
  return program;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count)) throw new InvalidArgumentError("a whole number is needed.");
  return count;
}

function statusLine({ name, ready, reason, endpoint, kubeconfig, memoryMb }: ClusterStatus): string {
  const memory = memoryMb === undefined ? "" : `${memoryMb} MB`;
  return [name, ready ? "ready" : `not ready (${reason})`, endpoint, memory, kubeconfig].join("\t");
}
