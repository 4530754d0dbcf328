import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServeOptions } from "@arcfleet/cli/serve-options";
import {
  CONTROL_PLANE_ENTRYPOINT,
  controlPlaneImageReference,
  DATA_FOLDER,
  NODE_USER,
} from "@arcfleet/tools/image/index.ts";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { parse } from "yaml";
import { z } from "zod";
import { readSource, repositoryRoot } from "../support/source-files.ts";

const optionNames = (text: string): string[] =>
  [...text.matchAll(/--([a-z][a-z-]+)(?==|\s|"|$)/gm)].map(([, name = ""]) => name);
const camelCase = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** Those that `arcfleet serve` does not know. */
const unknownOptions = (names: readonly string[]): string[] =>
  names.filter((name) => !(camelCase(name) in ServeOptions.shape));

describe("the Dockerfile", () => {
  const dockerfile = readSource("Dockerfile");
  const instruction = (name: string): string[] =>
    [...dockerfile.replaceAll("\\\n", " ").matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, rest = ""]) => rest);

  test("makes the same image as the lab's: files, program, user, folders", async () => {
    expect(dockerfile).toContain("node tools/src/image/write-control-plane-root.ts /root-of-image");
    expect(JSON.parse(instruction("ENTRYPOINT").join())).toEqual(CONTROL_PLANE_ENTRYPOINT);
    expect(instruction("USER")).toEqual([`${NODE_USER}:${NODE_USER}`]);
    expect(instruction("COPY")).toContain(
      `--from=build --chown=${NODE_USER}:${NODE_USER} /root-of-image${DATA_FOLDER} ${DATA_FOLDER}`,
    );
    expect(JSON.parse(instruction("VOLUME").join())).toEqual([DATA_FOLDER, "/tmp"]);
    expect(`arcfleet/control-plane:${/^ARG VERSION=(.*)$/m.exec(dockerfile)?.[1]}`).toBe(
      await controlPlaneImageReference(),
    );
  });

  test("ends with nothing but these files: no shell, no root, no floating base", () => {
    expect(instruction("FROM").at(-1)).toBe("scratch");
    expect(dockerfile).not.toMatch(/:latest|--privileged|^ADD /m);
    const [, ...commands] = z.array(z.string()).parse(JSON.parse(instruction("CMD").at(-1) ?? ""));
    expect(unknownOptions(optionNames(commands.join(" ")))).toEqual([]);
  });
});

describe("the chart of the control plane", () => {
  const folder = mkdtempSync(join(tmpdir(), "arcfleet-chart-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const url = ["--set", "publicUrl=https://fleet.example.com"];

  async function helm(...args: string[]) {
    const tools = await ensureTools(["helm"], () => undefined);
    return execa(tools.helm, args, { cwd: repositoryRoot, reject: false });
  }
  const render = async (...args: string[]) => {
    const { exitCode, stderr, stdout } = await helm(
      "template",
      "golden",
      "control-plane-chart",
      "--kube-version",
      "1.34.2",
      ...args,
    );
    return exitCode === 0 ? stdout : stderr;
  };

  test("has no complaint from helm lint", async () => {
    const { exitCode, stdout } = await helm("lint", "--strict", "control-plane-chart", ...url);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  });

  test("has the version of the image, and notes in ASCII", async () => {
    const { appVersion } = z
      .object({ appVersion: z.string() })
      .parse(parse(readSource("control-plane-chart/Chart.yaml")));
    expect(`arcfleet/control-plane:${appVersion}`).toBe(await controlPlaneImageReference());
    expect(readSource("control-plane-chart/templates/NOTES.txt")).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test.each([
    ["several replicas without PostgreSQL", ["--set", "replicas=2"], "more than one needs PostgreSQL"],
    ["PostgreSQL without a master key", ["--set", "database.existingSecret=a"], "one master key"],
    ["two certificates", ["--set", "tls.existingSecret=a,tls.certManager.issuerName=b"], "not both"],
    ["a public URL with a path", ["--set", "publicUrl=https://a/b"], "publicUrl"],
    ["a misspelt value", ["--set", "replica=2"], "replica"],
  ])("refuses %s, and says what to do", async (_what, args, message) => {
    expect(await render(...url, ...args)).toContain(message);
  });

  test.each(["single", "replicas"])(
    "runs arcfleet serve with options that exist, as nobody and on a read-only root: %s",
    (name) => {
      const manifests = readSource(`control-plane-chart/golden/${name}.yaml`);
      expect(unknownOptions(optionNames(manifests))).toEqual([]);
      const [deployment] = manifests
        .split(/^---$/m)
        .map((text) => Deployment.safeParse(parse(text)))
        .flatMap(({ data }) => (data === undefined ? [] : [data]));
      const pod = deployment?.spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: NODE_USER, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(pod?.containers[0]).toMatchObject({
        securityContext: {
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        },
      });
    },
  );

  test("holds its files when it is packed", async () => {
    cpSync(join(repositoryRoot, "control-plane-chart"), join(folder, "arcfleet-control-plane"), { recursive: true });
    const { exitCode, stderr } = await helm("package", join(folder, "arcfleet-control-plane"), "--destination", folder);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  });
});

const Deployment = z.object({
  kind: z.literal("Deployment"),
  spec: z.object({
    template: z.object({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }),
  }),
});

describe("the unit of systemd", () => {
  const lines = readSource("deploy/systemd/arcfleet.service").split("\n");
  const valuesOf = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

  test("starts the command with options that exist", () => {
    const [start = ""] = valuesOf("ExecStart");
    expect(start).toContain("cli/bin/arcfleet.mjs serve ");
    expect(unknownOptions(optionNames(lines.join("\n")))).toEqual([]);
  });

  test("gives it no rights, its own folder, and time to end", () => {
    for (const name of ["DynamicUser", "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome"])
      expect({ name, value: valuesOf(name) }).toEqual({ name, value: ["yes"] });
    expect(valuesOf("ProtectSystem")).toEqual(["strict"]);
    expect(valuesOf("CapabilityBoundingSet")).toEqual([""]);
    expect(valuesOf("StateDirectoryMode")).toEqual(["0700"]);
    expect(Number(valuesOf("TimeoutStopSec")[0])).toBeGreaterThan(20);
  });

  test("has each setting once, but for those that add to one another", () => {
    const names = lines.filter((line) => /^[A-Z]\w+=/.test(line)).map((line) => line.split("=")[0] ?? "");
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    expect(twice).toEqual(["SystemCallFilter"]);
  });
});
