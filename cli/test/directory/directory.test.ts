import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "../support/run-command.ts";
import { bin, type Served, serve } from "../support/served.ts";

const run = promisify(execFile);
let dataDir: string;
let served: Served;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "arcfleet-directory-"));
  served = await serve(dataDir);
});
afterAll(async () => {
  await served.end("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
});

const withConnection = (args: readonly string[]) => [...args, "--connection", join(dataDir, "connection.json")];
async function arcfleet(...args: string[]): Promise<string> {
  const { code, out, err } = await runCommand(withConnection(args));
  if (code !== 0) throw new Error(err);
  return out;
}
async function refused(...args: string[]): Promise<string> {
  const { code, err } = await runCommand(withConnection(args));
  expect(code).toBe(1);
  return err;
}

/** Asks for a token, and whether it lets its owner list groups. */
async function tryOut(client_id: string, client_secret: string): Promise<number> {
  const { endpoint, tenantId, subscriptionId, caFile } = served.connection;
  const script = `
    const form = new URLSearchParams(${JSON.stringify({ grant_type: "client_credentials", client_id, client_secret, scope: `${endpoint}/.default` })});
    const answer = await fetch("${endpoint}/${tenantId}/oauth2/v2.0/token", { method: "POST", body: form });
    if (!answer.ok) { console.log(answer.status); process.exit(); }
    const { access_token } = await answer.json();
    const url = "${endpoint}/subscriptions/${subscriptionId}/resourceGroups?api-version=2024-11-01";
    console.log((await fetch(url, { headers: { authorization: "Bearer " + access_token } })).status);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
    env: { NODE_EXTRA_CA_CERTS: caFile },
  });
  return Number(stdout);
}

describe("arcfleet principal", () => {
  test("makes an application with a role and a secret that works until it is removed", async () => {
    const made = JSON.parse(
      await arcfleet("principal", "create", "pipeline", "--secret", "--role", "Reader", "--json"),
    );
    expect(made).toMatchObject({ name: "pipeline", role: "Reader", credential: { kind: "secret" } });
    const { appId } = made.properties;
    expect(await tryOut(appId, made.credential.secret)).toBe(200);
    const added = await arcfleet("principal", "credential", "add", "pipeline", "--secret", "--expires-in-days", "7");
    const second = /Secret \(shown only now\): (\S+)/.exec(added)?.[1] ?? "";
    expect(await tryOut(appId, second)).toBe(200);
    const listed = await arcfleet("principal", "credential", "list", "pipeline");
    expect(listed).toContain(made.credential.id);
    for (const secret of [second, made.credential.secret]) {
      expect(listed).not.toContain(secret);
      expect(served.output()).not.toContain(secret);
    }
    await arcfleet("principal", "credential", "remove", "pipeline", made.credential.id);
    expect(await tryOut(appId, made.credential.secret)).toBe(401);
    expect(JSON.parse(await arcfleet("principal", "show", "pipeline"))).toMatchObject({
      credentials: [{ kind: "secret" }],
    });
    expect(await arcfleet("principal", "list")).toMatch(new RegExp(`pipeline +${appId}`));
    expect(await arcfleet("principal", "delete", "pipeline")).toContain("removed");
    expect(await tryOut(appId, second)).toBe(400);
    expect(await arcfleet("principal", "delete", "pipeline")).toContain("no 'pipeline'");
  });

  test("makes an onboarding application only for one place", async () => {
    expect(await refused("principal", "create", "site", "--onboarding")).toMatch(/--resource-group or --scope/);
    const { subscriptionId } = served.connection;
    const scope = `/subscriptions/${subscriptionId}`;
    const made = await arcfleet("principal", "create", "site", "--onboarding", "--scope", scope, "--secret");
    expect(made).toContain("Kubernetes Cluster - Azure Arc Onboarding");
    expect(made).toContain(served.connection.tenantId);
    expect(await arcfleet("principal", "create", "site", "--onboarding", "--scope", scope)).toContain(
      "was there already",
    );
    expect(await refused("principal", "create", "other", "--role", "No Such Role")).toMatch(/no role 'No Such Role'/);
  });

  test("takes federated issuers and certificates, and says what is wrong with them", async () => {
    const issuer = "https://token.actions.githubusercontent.com";
    const ci = await arcfleet(
      "principal",
      "create",
      "ci",
      "--federated",
      `${issuer},repo:me/fleet:ref:refs/heads/main`,
    );
    expect(ci).toContain("Credential:   federated");
    expect(await arcfleet("principal", "credential", "list", "ci")).toContain(
      `${issuer} repo:me/fleet:ref:refs/heads/main`,
    );
    await writeFile(join(dataDir, "bad.pem"), "nonsense");
    expect(await refused("principal", "create", "not-made", "--cert", join(dataDir, "bad.pem"))).toMatch(
      /no certificate/,
    );
    expect(await arcfleet("principal", "list")).not.toContain("not-made");
    expect(await refused("principal", "credential", "add", "ci", "--federated", "http://x,y")).toMatch(
      /ValidationFailed/,
    );
    expect(await refused("principal", "credential", "add", "ci")).toMatch(/Give one of/);
  });

  test("says by which id somebody of an outside issuer is given roles", async () => {
    const { out } = await runCommand(["principal", "id", "--issuer", "https://i.example", "--group", "ops"]);
    expect(out.trim()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
  });
});

describe("arcfleet user", () => {
  test("makes a person with a password that is shown once, resets it, disables and removes them", async () => {
    const made = await arcfleet("user", "create", "alice", "--display-name", "Alice A", "--role", "Reader");
    expect(made).toMatch(/Password \(shown only now\): ([a-z2-9]{5}-?){4}/);
    expect(made).toContain("Role: Reader at /subscriptions/");
    expect(await arcfleet("user", "create", "alice")).not.toContain("Password");
    expect(await arcfleet("user", "reset", "alice")).toContain("Password (shown only now)");
    expect(await arcfleet("user", "disable", "alice")).toContain("may not sign in");
    expect(await arcfleet("user", "list")).toMatch(/alice +Alice A +disabled/);
    await arcfleet("user", "enable", "alice");
    expect(JSON.parse(await arcfleet("user", "list", "--json"))).toMatchObject([{ properties: { isDisabled: false } }]);
    expect(await arcfleet("user", "end-sessions", "alice")).toContain("ended");
    expect(await refused("user", "disable", "nobody")).toMatch(/no person 'nobody'/);
    expect(await arcfleet("user", "delete", "alice")).toContain("removed");
  });

  test("takes a password that is piped in, and never shows it", async () => {
    const child = spawn(process.execPath, [bin, ...withConnection(["user", "create", "bob", "--password-prompt"])], {
      env: {},
    });
    child.stdin.end("a password that was piped in\n");
    const said = await text(child.stdout);
    expect(said).toContain("bob can sign in now");
    expect(said).not.toContain("assword");
    expect(served.output()).not.toContain("piped in");
  });
});
