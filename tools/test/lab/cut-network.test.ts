import { describe, expect, test } from "@jest/globals";
import { cutCommands } from "../../src/lab/cut-network.ts";

const rules = (commands: string[][]) => commands.filter(([flag]) => flag === "-A").map((command) => command.join(" "));

describe("cutting the network of a cluster's pods", () => {
  test("drops both directions by default, so that open connections stop as well", () => {
    expect(rules(cutCommands({}))).toEqual(["-A ARCFLEET-CUT -o eth0 -j DROP", "-A ARCFLEET-CUT -i eth0 -j DROP"]);
  });

  test("can take away one port only", () => {
    expect(rules(cutCommands({ port: 8443 }))).toEqual([
      "-A ARCFLEET-CUT -o eth0 -p tcp --dport 8443 -j DROP",
      "-A ARCFLEET-CUT -i eth0 -p tcp --sport 8443 -j DROP",
    ]);
  });

  test("can refuse instead, as a stopped server would", () => {
    expect(rules(cutCommands({ port: 8443, mode: "reject" }))).toEqual([
      "-A ARCFLEET-CUT -o eth0 -p tcp --dport 8443 -j REJECT --reject-with tcp-reset",
    ]);
  });

  test("touches forwarded traffic only: the node and its API server keep their network", () => {
    const chains = cutCommands({}).filter(([flag]) => flag === "-I");
    expect(chains).toEqual([["-I", "FORWARD", "1", "-j", "ARCFLEET-CUT"]]);
  });
});
