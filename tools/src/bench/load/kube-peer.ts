import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../demo/free-port.ts";
import { createAuthority, createTokenSigningKeys } from "../../lab/certificates.ts";
import type { Log } from "../../lab/cluster.ts";
import { ensureTools } from "../../setup/index.ts";
import type { LoadTarget } from "./load.ts";
import { requestOnce } from "./request-once.ts";

const READY_MS = 60_000;

export interface KubePeer extends LoadTarget, AsyncDisposable {
  /** Where etcd listens, for what is not to be measured. */
  readonly etcdUrl: string;
}

/**
 * kube-apiserver over etcd, with the settings that the lab gives them and nothing else on the machine: no nodes, no controllers that
 * would spend processor time on other things. Callers are known by a client certificate, the cheapest way there is.
 */
export async function startKubePeer(folder: string, log: Log, signal: AbortSignal): Promise<KubePeer> {
  const programs = await ensureTools(["etcd", "kube-apiserver"], log);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const [authority, tokens] = await Promise.all([createAuthority("bench"), createTokenSigningKeys()]);
  const server = await authority.issue({
    commonName: "kube-apiserver",
    servesAs: { dns: ["localhost"], ip: ["127.0.0.1"] },
  });
  const admin = await authority.issue({ commonName: "admin", organization: "system:masters" });
  const files = {
    "ca.crt": authority.certificatePem,
    "server.crt": server.certificatePem,
    "server.key": server.keyPem,
    "tokens.pub": tokens.publicPem,
    "tokens.key": tokens.privatePem,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text, { mode: 0o600 });

  const [clientPort, peerPort, apiPort] = [
    await freePort("127.0.0.1"),
    await freePort("127.0.0.1"),
    await freePort("127.0.0.1"),
  ];
  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const children: ChildProcess[] = [];
  const start = async (program: string, name: string, args: readonly string[]): Promise<ChildProcess> => {
    const output = await open(at(`${name}.log`), "w");
    const child = spawn(program, args, { stdio: ["ignore", output.fd, output.fd] });
    await output.close();
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
  };

  try {
    await start(programs.etcd, "etcd", [
      `--data-dir=${at("etcd")}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
      "--quota-backend-bytes=8589934592",
      "--logger=zap",
      "--log-level=warn",
    ]);
    await start(programs["kube-apiserver"], "kube-apiserver", [
      `--etcd-servers=${etcdUrl}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${apiPort}`,
      "--service-cluster-ip-range=10.255.0.0/24",
      `--client-ca-file=${at("ca.crt")}`,
      `--tls-cert-file=${at("server.crt")}`,
      `--tls-private-key-file=${at("server.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${at("tokens.pub")}`,
      `--service-account-signing-key-file=${at("tokens.key")}`,
      "--authorization-mode=RBAC",
      "--profiling=false",
      // Limits that protect a cluster from its users would only be measured.
      "--enable-priority-and-fairness=false",
      "--max-requests-inflight=0",
      "--max-mutating-requests-inflight=0",
    ]);
    const target: LoadTarget = {
      endpoint: `https://127.0.0.1:${apiPort}`,
      ca: authority.certificatePem,
      client: { cert: admin.certificatePem, key: admin.keyPem },
      headers: { accept: "application/json" },
      pids: children.flatMap(({ pid }) => pid ?? []),
    };
    await untilReady(target, children, folder, signal);
    return { ...target, etcdUrl, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(
  target: LoadTarget,
  children: readonly ChildProcess[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const answer = await requestOnce(target, { method: "GET", path: "/readyz" }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > deadline || children.some(({ exitCode }) => exitCode !== null)) {
      throw new Error(`kube-apiserver over etcd did not become ready; their logs are in ${folder}`);
    }
    await delay(200, undefined, { signal });
  }
}
