import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { deployments } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { isKubeError } from "../runtime/kube/kube-error.ts";
import { defineKind, refOf } from "../runtime/kube/kube-kind.ts";
import { watchSource } from "../runtime/kube/watch-source.ts";

/** Only the metadata is needed, so that an object that nobody understands can be removed as well. */
const extensionConfigs = defineKind({
  apiVersion: "clusterconfig.azure.com/v1beta1",
  kind: "ExtensionConfig",
  plural: "extensionconfigs",
  isNamespaced: true,
});

/**
 * Before the agents go: asks for the removal of every extension and waits for extension-manager to do it. What is not gone in
 * time is let go of, so that the uninstall can end; its Helm release then stays behind, and the log says which.
 */
export async function removeExtensions(given: { kube: KubeClient; log: Logger; timeoutMs: number }): Promise<void> {
  const { kube, log, timeoutMs } = given;
  const { items } = await kube.list(extensionConfigs);
  if (items.length === 0) return log.info("there are no extensions");

  await stopConfigAgent(kube);
  for (const item of items) {
    log.info({ extension: item.metadata.name, namespace: item.metadata.namespace }, "removing");
    await kube.delete(extensionConfigs, refOf(item));
  }
  await untilGone(kube, log, timeoutMs);

  for (const item of (await kube.list(extensionConfigs)).items) {
    const { name, namespace } = item.metadata;
    log.error({ extension: name, namespace }, "not removed in time: its Helm release stays behind");
    try {
      await kube.patch(extensionConfigs, refOf(item), { metadata: { finalizers: null } });
    } catch (error) {
      if (!isKubeError(error, "NotFound")) throw error;
    }
  }
}

/** It would make again what the control plane still wants. */
async function stopConfigAgent(kube: KubeClient): Promise<void> {
  try {
    await kube.patch(deployments, { name: "config-agent", namespace: agentNames.namespace }, { spec: { replicas: 0 } });
  } catch (error) {
    if (!isKubeError(error, "NotFound")) throw error;
  }
}

async function untilGone(kube: KubeClient, log: Logger, timeoutMs: number): Promise<void> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  const left = watchSource(kube, extensionConfigs, { log });
  const look = () => {
    if (left.isSynced() && left.all().length === 0) stop.abort();
  };
  await left.run(look, stop.signal, look);
  clearTimeout(timer);
}
