{{/* Every Deployment of the chart: its name, and the memory it may use. */}}
{{- define "arc.agents" -}}
clusteridentityoperator: { memory: 192Mi }
cluster-metadata-operator: { memory: 192Mi }
resource-sync-agent: { memory: 192Mi }
config-agent: { memory: 192Mi }
# Helm runs inside it, and holds a whole chart and release at a time.
extension-manager: { memory: 512Mi }
controller-manager: { memory: 192Mi }
{{- end }}

{{- define "arc.labels" -}}
app.kubernetes.io/name: azure-arc-k8s
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "arc.image" -}}
{{ .Values.systemDefaultValues.image.repository }}:{{ .Values.systemDefaultValues.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What Pod Security "restricted" asks of a pod and of a container. */}}
{{- define "arc.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "arc.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
