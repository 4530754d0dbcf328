/** The cluster's DNS, as kubeadm would install it, in one replica and with less memory. */
export function coreDnsObjects(options: { image: string; dnsService: string }): { path: string; object: object }[] {
  const { image, dnsService } = options;
  const labels = { "k8s-app": "kube-dns" };
  const namespaced = { name: "coredns", namespace: "kube-system" };
  const clusterWide = { name: "system:coredns" };
  return [
    {
      path: "/api/v1/namespaces/kube-system/serviceaccounts/coredns",
      object: { apiVersion: "v1", kind: "ServiceAccount", metadata: namespaced },
    },
    {
      path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:coredns",
      object: {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: clusterWide,
        rules: [
          { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
        ],
      },
    },
    {
      path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:coredns",
      object: {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: clusterWide,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
        subjects: [{ kind: "ServiceAccount", ...namespaced }],
      },
    },
    {
      path: "/api/v1/namespaces/kube-system/configmaps/coredns",
      object: { apiVersion: "v1", kind: "ConfigMap", metadata: namespaced, data: { Corefile: COREFILE } },
    },
    {
      path: "/api/v1/namespaces/kube-system/services/kube-dns",
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "kube-dns", namespace: "kube-system", labels },
        spec: {
          clusterIP: dnsService,
          selector: labels,
          ports: [
            { name: "dns", port: 53, targetPort: "dns", protocol: "UDP" },
            { name: "dns-tcp", port: 53, targetPort: "dns-tcp", protocol: "TCP" },
          ],
        },
      },
    },
    {
      path: "/apis/apps/v1/namespaces/kube-system/deployments/coredns",
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { ...namespaced, labels },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(image) } },
      },
    },
  ];
}

/** Not 53: only root could listen on that, and the Service's port is the one that counts. */
const LISTEN_PORT = 1053;

const COREFILE = `.:${LISTEN_PORT} {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    forward . /etc/resolv.conf
    cache 30
    loadbalance
}
`;

function podSpec(image: string) {
  return {
    serviceAccountName: "coredns",
    priorityClassName: "system-cluster-critical",
    dnsPolicy: "Default",
    tolerations: [{ key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoSchedule" }],
    containers: [
      {
        name: "coredns",
        image,
        imagePullPolicy: "IfNotPresent",
        args: ["-conf", "/etc/coredns/Corefile"],
        ports: [
          { name: "dns", containerPort: LISTEN_PORT, protocol: "UDP" },
          { name: "dns-tcp", containerPort: LISTEN_PORT, protocol: "TCP" },
        ],
        // Asked each second: a lab should be ready as soon as its DNS is.
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, failureThreshold: 5 },
        // Its last words appear in the pod's status, and from there in the lab's error.
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { memory: "20Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 65534,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: "coredns" } }],
  };
}
