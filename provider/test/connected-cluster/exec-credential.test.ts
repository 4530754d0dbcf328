import { describe, expect, test } from "@jest/globals";
import { runCredentialProgram } from "../../src/connected-cluster/exec-credential.ts";
import { chooseContext } from "../../src/connected-cluster/kubeconfig.ts";

type Exec = Parameters<typeof runCredentialProgram>[0];

const contextWith = (exec: Exec) =>
  chooseContext(
    {
      clusters: [{ name: "c", cluster: { server: "https://10.0.0.1" } }],
      users: [{ name: "admin", user: { exec } }],
      contexts: [{ name: "one", context: { cluster: "c", user: "admin" } }],
      "current-context": "one",
    },
    undefined,
  );

/** A credential program that runs some JavaScript. */
const program = (script: string, more: Partial<Exec> = {}): Exec => ({
  command: process.execPath,
  args: ["-e", script],
  ...more,
});

const run = (exec: Exec, limitMs = 30_000) =>
  runCredentialProgram(exec, contextWith(exec), new AbortController().signal, limitMs);

const printing = (status: string) => `console.log(JSON.stringify({ kind: "ExecCredential", status: ${status} }))`;

describe("the credential program of a kubeconfig", () => {
  test("hands out a token, with the environment that the kubeconfig gives it", async () => {
    const exec = program(printing("{ token: process.env.WHO }"), { env: [{ name: "WHO", value: "me" }] });
    expect(await run(exec)).toEqual({ token: "me" });
  });

  test("is told that there is nobody to ask, in the version that it speaks", async () => {
    const exec = program(printing("{ token: process.env.KUBERNETES_EXEC_INFO }"), {
      apiVersion: "client.authentication.k8s.io/v1beta1",
    });
    expect(JSON.parse((await run(exec)).token ?? "")).toMatchObject({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      spec: { interactive: false },
    });
  });

  const failures = [
    [
      "that is not installed is named with its user entry and what to install",
      { command: "gke-gcloud-auth-plugin-that-is-missing" },
      /'gke-gcloud-auth-plugin-that-is-missing'.*user 'admin'.*ENOENT.*Install it, or put it on the PATH/s,
    ],
    [
      "of a known cloud comes with how to get it",
      { command: "/nowhere/kubelogin" },
      /'\/nowhere\/kubelogin'.*az aks install-cli/s,
    ],
    [
      "comes with the kubeconfig's own hint, if it has one",
      { command: "missing-program", installHint: "Ask the platform team." },
      /Ask the platform team, then run this again\.$/,
    ],
    ["that fails is quoted", program('console.error("no profile x"); process.exit(3)'), /exit code 3: no profile x/],
    ["that prints no JSON is not quoted", program('console.log("s3cret")'), /^(?!.*s3cret).*is not JSON/s],
    ["that hands out nothing is found out", program(printing("{}")), /neither a token nor a client certificate/],
    [
      "that wants a person at the terminal is refused",
      program("", { interactiveMode: "Always" }),
      /interactiveMode: Always/,
    ],
  ] as const;
  test.each(failures)("%s", async (_title, exec, message) => {
    await expect(run(exec)).rejects.toThrow(message);
  });

  test("that hangs is stopped after its time, and what it said is told", async () => {
    const exec = program('console.error("open https://login"); setInterval(() => {}, 1000)');
    // Long enough for a slow machine to get the first words out.
    await expect(run(exec, 5000)).rejects.toThrow(/did not answer within 5 s.*open https:\/\/login/s);
  });
});
