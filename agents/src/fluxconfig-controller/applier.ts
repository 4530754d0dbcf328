/**
 * In whose name a configuration's kustomizations act: the service account `flux-applier` of the namespace, with the rights of
 * the configuration's scope.
 */
import type { FluxConfig } from "../custom-resources/flux-config.ts";
import { type ApplyObject, defineKind, isKubeError, type KubeClient } from "../runtime/index.ts";
import type { ApplyChanged } from "./apply-changed.ts";
import {
  applierAccount,
  clusterRoleBindingName,
  controller,
  labelsOf,
  managedBy,
  ownedBy,
  ownerNamespaceLabel,
  roleBindingName,
} from "./names.ts";

const serviceAccounts = defineKind({
  apiVersion: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  isNamespaced: true,
});
const rbac = "rbac.authorization.k8s.io";
const roleBindings = defineKind({
  apiVersion: `${rbac}/v1`,
  kind: "RoleBinding",
  plural: "rolebindings",
  isNamespaced: true,
});
const clusterRoleBindings = defineKind({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  isNamespaced: false,
});

export async function ensureApplier(
  config: FluxConfig,
  { kube, objects, signal }: { kube: KubeClient; objects: ApplyChanged; signal: AbortSignal },
): Promise<void> {
  const binding = bindingOf(config);
  await Promise.all([
    ensureAccount(kube, config.metadata.namespace, signal),
    config.spec.scope === "cluster"
      ? objects.apply(clusterRoleBindings, binding, { signal })
      : objects.apply(roleBindings, binding, { signal }),
  ]);
}

/** Shared by the configurations of the namespace, hence without an owner; one that the user made is used as it is. */
async function ensureAccount(kube: KubeClient, namespace: string | undefined, signal: AbortSignal): Promise<void> {
  if ((await kube.get(serviceAccounts, { name: applierAccount, namespace }, { signal })) !== undefined) return;
  const metadata = { name: applierAccount, namespace, labels: { [managedBy]: controller } };
  try {
    await kube.create(serviceAccounts, { metadata }, { signal });
  } catch (error) {
    if (!isKubeError(error, "AlreadyExists")) throw error;
  }
}

/** Cluster scope: everything. Namespace scope: everything inside of the namespace. */
export function bindingOf(config: FluxConfig): ApplyObject {
  const { name, namespace } = config.metadata;
  const subjects = [{ kind: "ServiceAccount", name: applierAccount, namespace }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" };
  if (config.spec.scope === "cluster") {
    const labels = { ...labelsOf(config), [ownerNamespaceLabel]: namespace };
    return { metadata: { name: clusterRoleBindingName(namespace ?? "", name), labels }, subjects, roleRef };
  }
  const metadata = {
    name: roleBindingName(name),
    namespace,
    labels: labelsOf(config),
    ownerReferences: ownedBy(config),
  };
  return { metadata, subjects, roleRef };
}

/** The rights go with the configuration, the account with the last one of its namespace. */
export async function removeApplier(
  config: FluxConfig,
  { isLast, kube, objects, signal }: { isLast: boolean; kube: KubeClient; objects: ApplyChanged; signal: AbortSignal },
): Promise<void> {
  const { name, namespace } = config.metadata;
  await objects.remove(clusterRoleBindings, { name: clusterRoleBindingName(namespace ?? "", name) }, signal);
  await objects.remove(roleBindings, { name: roleBindingName(name), namespace }, signal);
  if (isLast) await removeAccount(kube, namespace, signal);
}

/** Only the account that we made: one that the user brought stays. */
async function removeAccount(kube: KubeClient, namespace: string | undefined, signal: AbortSignal): Promise<void> {
  const account = await kube.get(serviceAccounts, { name: applierAccount, namespace }, { signal });
  if (account?.metadata.labels?.[managedBy] !== controller) return;
  await kube.delete(serviceAccounts, { name: applierAccount, namespace }, { signal });
}
