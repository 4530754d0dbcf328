import { kindWorks } from "./kind-cluster.ts";
import type { LabRecord } from "./lab-record.ts";

/** kind where Docker runs, otherwise clusters made of this machine's own parts. */
export async function chooseDriver(): Promise<LabRecord["driver"]> {
  if (await kindWorks()) return "kind";
  if (process.platform === "linux" && process.getuid?.() === 0) return "bare";
  throw new Error(
    "A lab needs either a running Docker daemon with kind on PATH (install both, start Docker), or Linux as root: neither is the case here.",
  );
}
