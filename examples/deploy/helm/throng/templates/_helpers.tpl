{{- define "throng.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Pods of the Jobs add an id, an index and a suffix of their own, so it is short. */}}
{{- define "throng.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 30 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 30 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 30 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "throng.selectorLabels" -}}
app.kubernetes.io/name: {{ include "throng.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "throng.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "throng.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "throng.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "throng.scripts" -}}
{{- default (printf "%s-scripts" (include "throng.fullname" .)) .Values.scripts.existingConfigMap }}
{{- end }}

{{- define "throng.lib" -}}
{{- if .Values.scripts.existingLibConfigMap }}
{{- .Values.scripts.existingLibConfigMap }}
{{- else if .Values.scripts.lib }}
{{- printf "%s-lib" (include "throng.fullname" .) }}
{{- end }}
{{- end }}

{{- define "throng.tokenSecret" -}}
{{- default (printf "%s-token" (include "throng.fullname" .)) .Values.token.existingSecret }}
{{- end }}

{{- define "throng.natsSecret" -}}
{{- default (printf "%s-nats" (include "throng.fullname" .)) .Values.nats.passwords.existingSecret }}
{{- end }}

{{/* The coordinator's Job, and that of the workers. An id such as 2 is a number. */}}
{{- define "throng.job" -}}
{{ include "throng.fullname" . }}-{{ include "throng.value" .Values.id }}
{{- end }}

{{- define "throng.workersJob" -}}
{{ include "throng.job" . }}-workers
{{- end }}

{{/* The number of workers. Of a run under way it may have been changed: an upgrade, such as one of the scripts, leaves it as it is. */}}
{{- define "throng.completions" -}}
{{- $there := lookup "batch/v1" "Job" .Release.Namespace (include "throng.workersJob" .) }}
{{- int (dig "spec" "completions" .Values.workers $there) }}
{{- end }}

{{/* For how many workers the release's own server has permissions: a run may get more than it began with, and each listens to subjects
     of its index. Not for 1,024, since the server holds all permissions of a user once for each of its connections. */}}
{{- define "throng.places" -}}
{{ max 128 (int .Values.workers) }}
{{- end }}

{{/* The coordinator's ServiceAccount, where it has one. */}}
{{- define "throng.serviceAccount" -}}
{{- if .Values.coordinator.scaleJob }}{{ include "throng.fullname" . }}-coordinator{{ end }}
{{- end }}

{{/* A number of values.yaml is a float, which would be written as 1e+06. */}}
{{- define "throng.value" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- define "throng.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "throng.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Where NATS is, and who asks: of (root, user). */}}
{{- define "throng.natsEnv" -}}
{{- $root := index . 0 }}{{- $user := index . 1 }}{{- $nats := $root.Values.nats }}
{{- if $nats.url }}
- name: THRONG_NATS
  value: {{ $nats.url | quote }}
{{- if $nats.credentials.existingSecret }}
- name: {{ if eq $nats.credentials.kind "nkey" }}THRONG_NATS_NKEY{{ else }}THRONG_NATS_CREDS{{ end }}
  value: /run/secrets/nats/credentials
{{- end }}
{{- if $nats.tls.caSecret }}
- name: THRONG_NATS_CA
  value: /run/secrets/nats-ca/{{ $nats.tls.caKey }}
{{- end }}
{{- if $nats.tls.clientSecret }}
- name: THRONG_NATS_CERT
  value: /run/secrets/nats-client/tls.crt
- name: THRONG_NATS_KEY
  value: /run/secrets/nats-client/tls.key
{{- end }}
{{- else }}
- name: NATS_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "throng.natsSecret" $root }}, key: {{ $user }} } }
- name: THRONG_NATS
  value: nats://{{ $user }}:$(NATS_PASSWORD)@{{ include "throng.fullname" $root }}-nats:4222
{{- end }}
{{- end }}

{{/* Files of credentials and certificates: of (root, key of the credentials). */}}
{{- define "throng.natsMounts" -}}
{{- $root := index . 0 }}{{- $key := index . 1 }}{{- $nats := $root.Values.nats }}
{{- if $nats.url }}
{{- if $nats.credentials.existingSecret }}
- name: nats-credentials
  mountPath: /run/secrets/nats/credentials
  subPathExpr: {{ $key | replace "{index}" "$(THRONG_WORKER_INDEX)" | quote }}
  readOnly: true
{{- end }}
{{- if $nats.tls.caSecret }}
- { name: nats-ca, mountPath: /run/secrets/nats-ca, readOnly: true }
{{- end }}
{{- if $nats.tls.clientSecret }}
- { name: nats-client, mountPath: /run/secrets/nats-client, readOnly: true }
{{- end }}
{{- end }}
{{- end }}

{{- define "throng.natsVolumes" -}}
{{- $nats := .Values.nats }}
{{- if $nats.url }}
{{- if $nats.credentials.existingSecret }}
- name: nats-credentials
  secret: { secretName: {{ $nats.credentials.existingSecret }}, defaultMode: 0440 }
{{- end }}
{{- if $nats.tls.caSecret }}
- name: nats-ca
  secret: { secretName: {{ $nats.tls.caSecret }} }
{{- end }}
{{- if $nats.tls.clientSecret }}
- name: nats-client
  secret: { secretName: {{ $nats.tls.clientSecret }}, defaultMode: 0440 }
{{- end }}
{{- end }}
{{- end }}

{{/* throng says at once that a server is not there; the release's own one starts at the same time as the pods. */}}
{{- define "throng.waitForNats" -}}
{{- if not .Values.nats.url }}
initContainers:
  - name: wait-for-nats
    image: {{ printf "%s:%s" .Values.nats.image.repository .Values.nats.image.tag }}
    imagePullPolicy: {{ .Values.nats.image.pullPolicy }}
    command: [sh, -c, "until nc -z -w 2 {{ include "throng.fullname" . }}-nats 4222; do sleep 1; done"]
    resources:
      requests: { cpu: 10m, memory: 16Mi }
      limits: { cpu: 10m, memory: 16Mi }
    securityContext:
      {{- include "throng.securityContext" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "throng.stateVolumes" -}}
- name: state
{{- if .Values.state.existingClaim }}
  persistentVolumeClaim: { claimName: {{ .Values.state.existingClaim }} }
{{- else }}
  emptyDir: { sizeLimit: {{ .Values.state.sizeLimit }} }
{{- end }}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- end }}

{{- define "throng.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What does not go together is said here; what a single value has to be, values.schema.json says. */}}
{{- define "throng.check" -}}
{{- $scripts := .Values.scripts }}
{{- $given := 0 }}
{{- if $scripts.files }}{{ $given = add1 $given }}{{ end }}
{{- if $scripts.existingConfigMap }}{{ $given = add1 $given }}{{ end }}
{{- if $scripts.builtin }}{{ $given = add1 $given }}{{ end }}
{{- if ne (int $given) 1 }}
{{- fail "scripts: give one of scripts.files, scripts.existingConfigMap and scripts.builtin" }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
{{- if not .Values.networkPolicy.targets }}
{{- fail "networkPolicy.targets: say where users may send requests; without it none of them reaches the target" }}
{{- end }}
{{- if and .Values.nats.url (not .Values.networkPolicy.nats) }}
{{- fail "networkPolicy.nats: say where the server of nats.url is; without it no pod reaches it" }}
{{- end }}
{{- if and .Values.coordinator.scaleJob (not .Values.networkPolicy.kubernetesApi) }}
{{- fail "networkPolicy.kubernetesApi: say where the Kubernetes API server is, or give coordinator.scaleJob=false; without it the coordinator cannot scale the Job of the workers" }}
{{- end }}
{{- end }}
{{- end }}
