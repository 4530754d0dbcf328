import { z } from "zod";
import { type LabAddresses, labAddresses, SLOTS } from "./address-plan.ts";
import { runProgram } from "./run-program.ts";

/*
 * What a lab adds to the network of the machine: a bridge, one virtual cable for each cluster, and a few firewall rules.
 * Devices carry the lab's mark as alias and rules as comment, so that they are found again without any file of ours.
 */

const MARK_PREFIX = "arcfleet-lab:";
const Links = z.array(z.object({ ifname: z.string(), ifalias: z.string().optional() }));
const Routes = z.array(z.object({ dst: z.string() }));

async function links() {
  return Links.parse(JSON.parse(await runProgram("ip", ["-json", "link", "show"])));
}

/** Names of the network devices that carry the mark. */
export async function devicesOf(mark: string): Promise<string[]> {
  return (await links()).filter((link) => link.ifalias === MARK_PREFIX + mark).map((link) => link.ifname);
}

/** True while any lab, of whatever state folder, has a device. */
export async function anyLabHasDevices(): Promise<boolean> {
  return (await links()).some((link) => link.ifalias?.startsWith(MARK_PREFIX));
}

/** The first slot whose bridge and subnet nobody uses, whoever that may be. */
export async function freeSlot(taken: ReadonlySet<number>): Promise<number> {
  const names = new Set((await links()).map((link) => link.ifname));
  const routed = new Set(
    Routes.parse(JSON.parse(await runProgram("ip", ["-json", "route", "show"]))).map((route) => route.dst),
  );
  const free = SLOTS.find((slot) => {
    const { bridge, subnet } = labAddresses(slot);
    return !taken.has(slot) && !names.has(bridge) && !routed.has(subnet);
  });
  if (free === undefined)
    throw new Error(`all ${SLOTS.length} address ranges for labs are in use; run "npm run lab -- down --all"`);
  return free;
}

export async function createBridge(mark: string, { bridge, bridgeAddress }: LabAddresses): Promise<void> {
  if ((await devicesOf(mark)).includes(bridge)) return;
  await runProgram("ip", ["link", "add", bridge, "type", "bridge"]);
  await runProgram("ip", ["link", "set", bridge, "alias", MARK_PREFIX + mark]);
  await runProgram("ip", ["addr", "add", `${bridgeAddress}/24`, "dev", bridge]);
  await runProgram("ip", ["link", "set", bridge, "up"]);
}

/** Lays a cable from the bridge into the network namespace of a process, where its end is called eth0. */
export async function connectToBridge(options: {
  mark: string;
  bridge: string;
  veth: string;
  pid: number;
}): Promise<void> {
  const { mark, bridge, veth, pid } = options;
  if ((await devicesOf(mark)).includes(veth)) await runProgram("ip", ["link", "del", veth]);
  await runProgram("ip", ["link", "add", veth, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  await runProgram("ip", ["link", "set", veth, "alias", MARK_PREFIX + mark]);
  await runProgram("ip", ["link", "set", veth, "master", bridge, "up"]);
}

/** Rules that let the lab's clusters out: traffic over the bridge is allowed, and what leaves it takes the machine's address. */
export function firewallRules(mark: string, { bridge, subnet }: LabAddresses): { table: string; rule: string[] }[] {
  const comment = ["-m", "comment", "--comment", MARK_PREFIX + mark];
  return [
    { table: "filter", rule: ["FORWARD", "-i", bridge, ...comment, "-j", "ACCEPT"] },
    { table: "filter", rule: ["FORWARD", "-o", bridge, ...comment, "-j", "ACCEPT"] },
    { table: "nat", rule: ["POSTROUTING", "-s", subnet, "!", "-d", subnet, ...comment, "-j", "MASQUERADE"] },
  ];
}

/** Own rules come first: machines with Docker or a firewall refuse forwarded traffic by default. */
export async function openFirewall(mark: string, addresses: LabAddresses): Promise<void> {
  await closeFirewall(mark);
  for (const { table, rule } of firewallRules(mark, addresses)) {
    await runProgram("iptables", ["-w", "10", "-t", table, "-I", ...rule]);
  }
}

/** The rules in a dump of iptables-save that carry the mark, as arguments that delete them. */
export function markedRules(dump: string, mark: string): string[][] {
  const found: string[][] = [];
  let table = "";
  for (const line of dump.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const words = line.split(" ").map((word) => word.replaceAll('"', ""));
    if (words[0] === "-A" && words.includes(MARK_PREFIX + mark)) found.push(["-t", table, "-D", ...words.slice(1)]);
  }
  return found;
}

export async function rulesOf(mark: string): Promise<string[][]> {
  return markedRules(await runProgram("iptables-save", []), mark);
}

export async function closeFirewall(mark: string): Promise<void> {
  for (const rule of await rulesOf(mark)) await runProgram("iptables", ["-w", "10", ...rule]);
}

export async function removeNetwork(mark: string): Promise<void> {
  await closeFirewall(mark);
  for (const device of await devicesOf(mark)) await removeDevice(mark, device);
}

/** A cable is gone by itself once the namespace at its other end is: that is no error. */
async function removeDevice(mark: string, device: string): Promise<void> {
  try {
    await runProgram("ip", ["link", "del", device]);
  } catch (error) {
    if ((await devicesOf(mark)).includes(device)) throw error;
  }
}
