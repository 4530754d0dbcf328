{{/* A ClusterRole and its binding to the account of the same component: dict root, component, rules. */}}
{{- define "flux.clusterRole" -}}
{{- $name := include "flux.clusterName" . -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $name }}
  labels:
    {{- include "flux.labels" . | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
{{ include "flux.clusterRoleBinding" (merge (dict "role" $name "name" $name) .) }}
{{- end }}

{{- define "flux.clusterRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "flux.labels" . | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .role }} }
subjects:
  - { kind: ServiceAccount, name: {{ .component }}, namespace: {{ .root.Release.Namespace }} }
{{- end }}

{{- define "flux.rules.events" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
# Cloud identities of sources, by a token of the account that a source names.
- apiGroups: [""]
  resources: [serviceaccounts/token]
  verbs: [create]
{{- end }}

{{/* Everything of one group of Flux: dict group, resources. */}}
{{- define "flux.rules.own" -}}
- apiGroups: [{{ .group }}]
  resources: ["*"]
  verbs: [get, list, watch, create, update, patch, delete]
{{- end }}
