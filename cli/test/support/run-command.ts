import { jest } from "@jest/globals";
import { main } from "../../src/main.ts";

/** Runs a command in this process, which takes a fraction of the time that a process of its own does. */
export async function runCommand(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const collect = (into: "out" | "err") => (chunk: string | Uint8Array) => {
    written[into] += String(chunk);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(collect("out")),
    jest.spyOn(process.stderr, "write").mockImplementation(collect("err")),
  ];
  try {
    const code = await main(["node", "arcfleet", ...args]);
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
