import type { DesiredExtension } from "@arcfleet/contract";

/** An extension as the control plane hands it out. */
export const desiredExtension = (
  more: Partial<Omit<DesiredExtension, "spec">> = {},
  spec: Partial<DesiredExtension["spec"]> = {},
): DesiredExtension => ({
  kind: "extension",
  name: "flux",
  id: "/subscriptions/s/…/extensions/flux",
  generation: 7,
  deleting: false,
  ...more,
  spec: {
    extensionType: "microsoft.flux",
    version: "1.24.1",
    releaseTrain: "Stable",
    autoUpgradeMinorVersion: true,
    releaseNamespace: "flux-system",
    isNamespaced: false,
    chart: { url: "oci://h:1/charts/microsoft.flux", version: "1.24.1", digest: "sha256:00" },
    configurationSettings: {},
    configurationProtectedSettings: {},
    ...spec,
  },
});
