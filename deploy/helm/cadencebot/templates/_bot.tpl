{{- /* What the pods have in common, whichever part of the bot they are. */ -}}

{{- /* The name of the secret that has DATABASE_URL, "" where the bot's memory is a file. */ -}}
{{- define "cadencebot.database" -}}
{{- if .Values.database.secret }}{{ .Values.database.secret }}
{{- else if .Values.database.url }}{{ .Release.Name }}-database
{{- end }}
{{- end }}

{{- define "cadencebot.databaseUrl" -}}
{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: {{ . }}, key: DATABASE_URL}}}
{{- end }}

{{- define "cadencebot.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch # leaves the files 600, as the bot made them
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "cadencebot.image" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- define "cadencebot.environment" -}}
env:
  - {name: CADENCEBOT_CONFIG, value: /etc/cadencebot/feeds.yaml}
  - {name: CADENCEBOT_STATE, value: /state/cadencebot} # a folder of its own in the volume, 700
  - {name: CADENCEBOT_HEALTH, value: "0.0.0.0:9464"}
  {{- if include "cadencebot.database" . }}
  - {{ include "cadencebot.database" . | include "cadencebot.databaseUrl" }}
  - {name: CADENCEBOT_BACKUPS, value: {{ "" | quote }}} # whatever the secret says: it copies a file
  {{- end }}
  {{- range $name, $value := .Values.env }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
{{- with .Values.secret }}
envFrom:
  - secretRef: {name: {{ . | quote }}, optional: true}
{{- end }}
{{- end }}

{{- define "cadencebot.confined" -}}
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}
