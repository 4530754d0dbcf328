{{- define "flux.labels" -}}
app.kubernetes.io/name: {{ .component }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: microsoft.flux
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "flux.metadata" -}}
name: {{ .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "flux.labels" . | nindent 2 }}
{{- end }}

{{/* Cluster-wide objects carry the namespace in their names, as nothing else keeps them apart. */}}
{{- define "flux.clusterName" -}}
{{ .component }}-{{ .root.Release.Namespace }}
{{- end }}

{{/* What Pod Security "restricted" asks of a pod and of a container. */}}
{{- define "flux.podSecurity" -}}
runAsNonRoot: true
fsGroup: 1337
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "flux.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "flux.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Arguments that all controllers of Flux share. */}}
{{- define "flux.controllerArgs" -}}
- --watch-all-namespaces
- --log-level={{ index .root.Values .component "log-level" }}
- --log-encoding=json
- --enable-leader-election
# The defaults of Kubernetes, not Flux's longer ones: after a crash nothing works until the lease of the dead one ran out.
- --leader-election-lease-duration=15s
- --leader-election-renew-deadline=10s
- --leader-election-retry-period=2s
{{- if and (index .root.Values "notification-controller" "enabled") (ne .component "notification-controller") }}
- --events-addr=http://notification-controller.$(RUNTIME_NAMESPACE).svc.cluster.local./
{{- end }}
{{- if and .root.Values.multiTenancy.enforce (ne .component "source-controller") }}
- --no-cross-namespace-refs=true
{{- end }}
{{- end }}

{{/*
A controller of Flux: dict root, component, args, ports (list of dicts), readiness and liveness (httpGet), data (mount the
artifact store).
*/}}
{{- define "flux.controller" -}}
{{- $values := index .root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "flux.metadata" . | nindent 2 }}
spec:
  replicas: 1
  # The artifact store is the pod's own, and two leaders are one too many.
  strategy: { type: Recreate }
  revisionHistoryLimit: 2
  selector:
    matchLabels:
      app: {{ .component }}
  template:
    metadata:
      labels:
        app: {{ .component }}
        {{- include "flux.labels" . | nindent 8 }}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
    spec:
      serviceAccountName: {{ .component }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .graceSeconds }}
      securityContext:
        {{- include "flux.podSecurity" . | nindent 8 }}
      {{- include "flux.placement" .root | nindent 6 }}
      containers:
        - name: manager
          image: {{ $values.image.repository }}:{{ $values.image.tag }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args:
            {{- include "flux.controllerArgs" . | nindent 12 }}
            {{- range .args }}
            - {{ . }}
            {{- end }}
          env:
            - name: RUNTIME_NAMESPACE
              valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
            - { name: TUF_ROOT, value: /tmp/.sigstore }
            - name: GOMEMLIMIT
              valueFrom: { resourceFieldRef: { resource: limits.memory } }
          ports:
            {{- range .ports }}
            - { name: {{ .name }}, containerPort: {{ .port }} }
            {{- end }}
            - { name: http-prom, containerPort: 8080 }
            - { name: healthz, containerPort: 9440 }
          livenessProbe:
            httpGet: { path: /healthz, port: healthz }
          readinessProbe:
            httpGet: {{ toJson .readiness }}
            # The extension counts as installed when all are ready: not a second later than need be.
            periodSeconds: 2
            failureThreshold: 15
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "flux.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if .data }}
            - { name: data, mountPath: /data }
            {{- end }}
      volumes:
        - { name: tmp, emptyDir: {} }
        {{- if .data }}
        - { name: data, emptyDir: {} }
        {{- end }}
{{- end }}

{{/* One of our own agents: dict root, component, env (list of dicts). */}}
{{- define "flux.agent" -}}
{{- $values := index .root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "flux.metadata" . | nindent 2 }}
spec:
  replicas: 1
  # Never two of one agent at a time: the old one ends its work before the new one begins.
  strategy: { type: Recreate }
  revisionHistoryLimit: 2
  selector:
    matchLabels:
      app: {{ .component }}
  template:
    metadata:
      labels:
        app: {{ .component }}
        {{- include "flux.labels" . | nindent 8 }}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
    spec:
      {{- include "flux.agentPod" . | nindent 6 }}
{{- end }}

{{/* The pod of one of our programs: dict root, component, program (default: component), env, isJob. */}}
{{- define "flux.agentPod" -}}
{{- $values := index .root.Values .component -}}
serviceAccountName: {{ .account | default .component }}
enableServiceLinks: false
terminationGracePeriodSeconds: 25
securityContext:
  runAsUser: 65532
  runAsGroup: 65532
  {{- include "flux.podSecurity" . | nindent 2 }}
{{- include "flux.placement" .root }}
{{- if .isJob }}
restartPolicy: Never
{{- end }}
containers:
  - name: {{ .container | default .component }}
    image: {{ .root.Values.image.repository }}:{{ .root.Values.image.tag }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: [/app/{{ .program | default .component }}.mjs]
    env:
      - { name: LOG_LEVEL, value: {{ index $values "log-level" | quote }} }
      {{- range .env }}
      - {{ toJson . }}
      {{- end }}
    {{- if not .isJob }}
    ports:
      - { name: http, containerPort: 8080 }
    livenessProbe:
      httpGet: { path: /healthz, port: http }
      initialDelaySeconds: 15
      periodSeconds: 20
      timeoutSeconds: 5
    readinessProbe:
      httpGet: { path: /readyz, port: http }
      periodSeconds: 2
      timeoutSeconds: 5
    {{- end }}
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    securityContext:
      {{- include "flux.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
volumes:
  - { name: tmp, emptyDir: {} }
{{- end }}
