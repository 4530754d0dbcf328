import { execa } from "execa";

/** Runs a program to its end and returns its standard output. The error of a failure holds what it printed. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: { timeoutMs?: number; inputFile?: string; signal?: AbortSignal } = {},
): Promise<string> {
  const { stdout } = await execa(file, args, {
    timeout: options.timeoutMs ?? 20_000,
    // A signal that ends the caller must not end a clean-up command half way: the caller decides.
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    ...(options.inputFile ? { inputFile: options.inputFile } : {}),
  });
  return stdout;
}
