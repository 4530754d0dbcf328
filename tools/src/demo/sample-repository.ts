/** The folder of the repository that the fleet's configuration applies. */
export const samplePath = "./apps";

const labels = "app.kubernetes.io/name: hello";

const namespace = `# Everything of the sample lives here.
apiVersion: v1
kind: Namespace
metadata:
  name: hello
`;

const configMap = `# Change the greeting, commit and push: both clusters have it a moment later.
apiVersion: v1
kind: ConfigMap
metadata:
  name: greeting
  namespace: hello
data:
  greeting: Hello from Git
`;

const deployment = (
  image: string,
): string => `# A small web server that answers with the greeting. Its image is the agents', which every attached cluster has.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
  namespace: hello
  labels: { ${labels} }
spec:
  replicas: 2
  selector:
    matchLabels: { ${labels} }
  template:
    metadata:
      labels: { ${labels} }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: hello
          image: ${image}
          imagePullPolicy: IfNotPresent
          args:
            - --eval
            - |
              const { readFileSync } = require("node:fs");
              const answer = (_, response) => response.end(readFileSync("/greeting/greeting") + "\\n");
              require("node:http").createServer(answer).listen(8080);
              process.on("SIGTERM", () => process.exit(0));
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: http }, periodSeconds: 2 }
          resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { memory: 128Mi } }
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts: [{ name: greeting, mountPath: /greeting, readOnly: true }]
      volumes:
        - name: greeting
          configMap: { name: greeting }
`;

/** What the sample repository holds: path to content. */
export const sampleFiles = (image: string): Readonly<Record<string, string>> => ({
  "README.md": "# Sample fleet repository\n\nWhat lies in `apps/` is applied to every cluster of the demo.\n",
  "apps/namespace.yaml": namespace,
  "apps/greeting.yaml": configMap,
  "apps/deployment.yaml": deployment(image),
});
