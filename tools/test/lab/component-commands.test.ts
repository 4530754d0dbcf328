import { describe, expect, test } from "@jest/globals";
import { clusterAddresses } from "../../src/lab/address-plan.ts";
import { componentCommands } from "../../src/lab/component-commands.ts";
import { clusterPaths, labPaths } from "../../src/lab/lab-paths.ts";
import { containerdConfig, kubeletConfig, type NodeConfigInputs, networkConfig } from "../../src/lab/node-config.ts";
import { binaries } from "./binaries.ts";

const paths = clusterPaths(labPaths("demo", "/state"), "demo-1");
const addresses = clusterAddresses(0, 1);
const commands = componentCommands({ paths, addresses, binaries });
const config: NodeConfigInputs = {
  paths,
  addresses,
  pauseImage: "arcfleet.local/pause:1",
  runc: "/usr/sbin/runc",
  cniPlugins: "/usr/lib/cni",
  podsCgroup: "arcfleet-lab/demo-1a2b3c/demo-1/pods",
};

describe("what a cluster is started with", () => {
  test("authorization, node restriction and the front proxy are on", () => {
    const flags = commands["kube-apiserver"];
    expect(flags).toContain("--authorization-mode=Node,RBAC");
    expect(flags).toContain("--enable-admission-plugins=NodeRestriction");
    expect(flags).toContain("--requestheader-client-ca-file=/state/demo/demo-1/pki/front-proxy-ca.crt");
    expect(flags).toContain("--kubelet-certificate-authority=/state/demo/demo-1/pki/ca.crt");
  });

  test("no component writes limits of the whole machine or folders outside the node", () => {
    expect(commands["kube-proxy"]).toContain("--conntrack-max-per-core=0");
    expect(commands["kube-controller-manager"]).toContain("--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins");
    expect(kubeletConfig(config).volumePluginDir).toBe("/var/lib/kubelet/volume-plugins");
  });

  test("pods live below the lab's cgroup, where down finds them", () => {
    expect(kubeletConfig(config)).toMatchObject({
      cgroupRoot: "/arcfleet-lab/demo-1a2b3c/demo-1/pods",
      cgroupDriver: "cgroupfs",
      failCgroupV1: false,
    });
  });

  test("containerd works without the right to raise priorities and loads no profile into the kernel", () => {
    const text = containerdConfig(config);
    expect(text).toContain("restrict_oom_score_adj = true");
    expect(text).toContain("disable_apparmor = true");
    expect(text).toContain('sandbox_image = "arcfleet.local/pause:1"');
  });

  test("a pod can reach its own Service", () => {
    expect(networkConfig(addresses).plugins[0]).toMatchObject({ type: "bridge", hairpinMode: true, ipMasq: true });
  });
});
