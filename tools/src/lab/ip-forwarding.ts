import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FORWARDING = "/proc/sys/net/ipv4/ip_forward";

/** Exists while the machine forwards packets only because labs asked for it. */
const marker = (root: string) => join(root, "ip-forwarding-switched-on");

/** Clusters reach the internet through this machine only while it forwards packets. */
export function startForwarding(root: string): void {
  if (readFileSync(FORWARDING, "utf8").trim() === "1") return;
  mkdirSync(root, { recursive: true });
  writeFileSync(marker(root), "");
  writeFileSync(FORWARDING, "1");
}

/** Puts the switch back as it was. To be called when the last lab of the machine is gone. */
export function stopForwarding(root: string): void {
  if (!existsSync(marker(root))) return;
  writeFileSync(FORWARDING, "0");
  rmSync(marker(root));
}
