import { Command, InvalidArgumentError } from "commander";
import { benchApi } from "../bench/api.ts";
import { benchAttach } from "../bench/attach.ts";
import { benchEngine } from "../bench/engine.ts";
import { benchFleet } from "../bench/fleet.ts";
import { benchHeartbeat } from "../bench/heartbeat.ts";
import type { Metric } from "../bench/metric.ts";
import type { BenchOptions } from "../bench/options.ts";
import { withInterrupts } from "../interrupts.ts";

interface Bench {
  readonly question: string;
  readonly defaultCount: number;
  readonly countMeans: string;
  readonly measure: (options: BenchOptions) => Promise<readonly Metric[]>;
}

const benches: Readonly<Record<string, Bench>> = {
  engine: {
    question: "record-only clusters against no-op dynamic resources: up, preview, refresh, one change, state",
    defaultCount: 1000,
    countMeans: "resources",
    measure: benchEngine,
  },
  attach: {
    question: "attaching a cluster against a plain `helm upgrade --install --wait` of the same chart",
    defaultCount: 3,
    countMeans: "rounds",
    measure: benchAttach,
  },
  api: {
    question: "creating, reading and listing clusters against the same as custom resources on kube-apiserver and etcd",
    defaultCount: 100_000,
    countMeans: "clusters",
    measure: benchApi,
  },
  fleet: {
    question: "questions to a control plane with a large fleet: time, processor time, memory, and how long others wait",
    defaultCount: 100_000,
    countMeans: "clusters",
    measure: benchFleet,
  },
  heartbeat: {
    question: "heartbeats of clusters against renewals of Leases on kube-apiserver and etcd",
    defaultCount: 500,
    countMeans: "clusters",
    measure: benchHeartbeat,
  },
};

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `npm run bench NAME`: one JSON line for each metric on standard output, progress on standard error. */
export async function run(args: string[]): Promise<number> {
  let exitCode = 0;
  const command = new Command("npm run bench --").description("Measures, both sides in the same run on this machine");
  for (const [name, { question, defaultCount, countMeans, measure }] of Object.entries(benches)) {
    command
      .command(name)
      .description(question)
      .option("--count <number>", `how many ${countMeans}`, parseCount, defaultCount)
      .action(async ({ count }: { count: number }) => {
        exitCode = await withInterrupts(async (signal) => {
          for (const one of await measure({ count, log, signal })) process.stdout.write(`${JSON.stringify(one)}\n`);
          return 0;
        });
      });
  }
  await command.parseAsync(args, { from: "user" });
  return exitCode;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("it must be a whole number from 1 on");
  return count;
}
