{{/*
Reusable rules. An agent that speaks to the control plane asks for its token with an AzureClusterIdentityRequest of its own; names
cannot be checked when something is created, so that verb stands alone.
*/}}
{{- define "arc.rules.token" -}}
- apiGroups: [clusterconfig.azure.com]
  resources: [azureclusteridentityrequests]
  verbs: [create]
- apiGroups: [clusterconfig.azure.com]
  resources: [azureclusteridentityrequests]
  resourceNames: [{{ . }}-identity-request]
  verbs: [get, list, watch, patch]
- apiGroups: [clusterconfig.azure.com]
  resources: [azureclusteridentityrequests/status]
  resourceNames: [{{ . }}-identity-request]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [{{ . }}-identity-request-token]
  verbs: [get]
{{- end }}

{{/* Writing a part of clustermetadata's status. */}}
{{- define "arc.rules.metadata" -}}
- apiGroups: [arc.azure.com]
  resources: [connectedclusters]
  verbs: [create]
- apiGroups: [arc.azure.com]
  resources: [connectedclusters]
  resourceNames: [clustermetadata]
  verbs: [get, list, watch]
- apiGroups: [arc.azure.com]
  resources: [connectedclusters/status]
  resourceNames: [clustermetadata]
  verbs: [patch]
{{- end }}

{{/* A Role in azure-arc or a ClusterRole, and its binding to the agent's service account: dict name, root, rules, isCluster. */}}
{{- define "arc.role" -}}
{{- $kind := ternary "ClusterRole" "Role" (default false .isCluster) -}}
{{- $name := ternary (printf "azure-arc-%s" .name) .name (default false .isCluster) -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ $name }}
  {{- if not .isCluster }}
  namespace: azure-arc
  {{- end }}
  labels:
    {{- include "arc.labels" (dict "component" .name "root" .root) | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ $name }}
  {{- if not .isCluster }}
  namespace: azure-arc
  {{- end }}
  labels:
    {{- include "arc.labels" (dict "component" .name "root" .root) | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ $kind }}, name: {{ $name }} }
subjects:
  - { kind: ServiceAccount, name: {{ .name }}, namespace: azure-arc }
{{- end }}
