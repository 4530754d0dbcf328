export const binaries = {
  etcd: "/bin/etcd",
  containerd: "/bin/containerd",
  "kube-apiserver": "/bin/kube-apiserver",
  "kube-controller-manager": "/bin/kube-controller-manager",
  "kube-scheduler": "/bin/kube-scheduler",
  kubelet: "/bin/kubelet",
  "kube-proxy": "/bin/kube-proxy",
};
