{{- define "arcfleet.name" -}}
{{- $name := .Release.Name | trunc 50 | trimSuffix "-" }}
{{- if contains "arcfleet" $name }}{{ $name }}{{ else }}{{ $name }}-arcfleet{{ end }}
{{- end }}

{{- define "arcfleet.selector" -}}
app.kubernetes.io/name: arcfleet-control-plane
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "arcfleet.labels" -}}
{{ include "arcfleet.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The Secret with the server's certificate; empty when the control plane makes its own. */}}
{{- define "arcfleet.tlsSecret" -}}
{{- if .Values.tls.existingSecret }}{{ .Values.tls.existingSecret }}
{{- else if .Values.tls.certManager.issuerName }}{{ include "arcfleet.name" . }}-tls
{{- end }}
{{- end }}

{{- define "arcfleet.claim" -}}
{{ .Values.persistence.existingClaim | default (printf "%s-data" (include "arcfleet.name" .)) }}
{{- end }}

{{/* What does not go together, said before anything is made. */}}
{{- define "arcfleet.check" -}}
{{- if not .Values.database.existingSecret }}
{{- if gt (int .Values.replicas) 1 }}{{ fail "replicas: more than one needs PostgreSQL. Put its URL into a Secret and name that in database.existingSecret." }}{{ end }}
{{- else if not (or .Values.masterKey.existingSecret .Values.kms.existingSecret) }}
{{- fail "masterKey.existingSecret: replicas over PostgreSQL need one master key. Make it, and keep a copy: kubectl create secret generic arcfleet-master-key --from-literal=master.key=\"$(openssl rand -base64 32)\"; or name a key management service in kms.existingSecret." }}
{{- end }}
{{- if and .Values.tls.existingSecret .Values.tls.certManager.issuerName }}{{ fail "tls: either existingSecret or certManager.issuerName, not both." }}{{ end }}
{{- end }}
