import { spawn } from "node:child_process";

export interface RunOptions {
  readonly input: string;
  readonly timeoutMs: number;
}

const MAX_OUTPUT = 64 * 1024;

/** Runs a program with `input` on its standard input and answers with its standard output. What it wrote to standard error is told when it fails. */
export function runProgram(command: readonly string[], { input, timeoutMs }: RunOptions): Promise<string> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs, killSignal: "SIGKILL" });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8");
      child[name].on("data", (text: string) => {
        if (output[name].length < MAX_OUTPUT) output[name] += text;
      });
    }
    // A program that ends without reading breaks the pipe; its exit code says more than that.
    child.stdin.on("error", () => {});
    child.on("error", (cause) => reject(new Error(`the program '${program}' cannot be started: ${cause.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output.stdout);
      const why = signal === null ? `ended with ${code}` : `was ended by ${signal} (it has ${timeoutMs} ms)`;
      reject(new Error(`the program '${program}' ${why}: ${output.stderr.trim().slice(-500) || "it said nothing"}`));
    });
    child.stdin.end(input);
  });
}
