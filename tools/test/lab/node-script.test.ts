import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { clusterAddresses, labAddresses } from "../../src/lab/address-plan.ts";
import { componentCommands, componentNames } from "../../src/lab/component-commands.ts";
import { clusterPaths, labPaths } from "../../src/lab/lab-paths.ts";
import { hideFolders, nodeScript, shellQuote } from "../../src/lab/node-script.ts";
import { binaries } from "./binaries.ts";

describe("the script that is a node's first process", () => {
  test("is valid shell, even in a folder with spaces and quotes", () => {
    const paths = clusterPaths(labPaths("demo", "/home/o'brien/my labs"), "demo-1");
    const addresses = clusterAddresses(0, 1);
    const commands = componentCommands({ paths, addresses, binaries });
    const script = nodeScript({ paths, lab: labAddresses(0), addresses, commands, needed: [paths.folder] });
    execFileSync("/bin/sh", ["-n"], { input: script });
    for (const name of componentNames) expect(script).toContain(`keep ${name} `);
  });

  test("quotes text so that a shell reads it back unchanged", () => {
    const text = `it's $HOME "and" \\ more`;
    expect(execFileSync("/bin/sh", ["-c", `printf %s ${shellQuote(text)}`]).toString()).toBe(text);
  });

  test("keeps folders visible that lie below a hidden one", () => {
    const lines = hideFolders("/var/lib/labs/demo-1", ["/var/lib/labs/demo-1", "/usr/lib/cni"]);
    const kept = lines.indexOf(
      "mount --rbind '/var/lib/labs/demo-1' '/var/lib/labs/demo-1/private/var/lib/labs/demo-1'",
    );
    const hidden = lines.indexOf("mount --rbind '/var/lib/labs/demo-1/private/var/lib' /var/lib");
    expect(kept).toBeGreaterThan(-1);
    expect(hidden).toBeGreaterThan(kept);
    expect(lines.join("\n")).not.toContain("/usr/lib/cni");
  });
});
