import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../src/settings/index.ts";

const file = join(mkdtempSync(join(tmpdir(), "arcfleet-settings-")), "connection.json");
const connection = {
  endpoint: "https://127.0.0.1:1",
  authority: "https://127.0.0.1:1",
  caFile: "/ca.pem",
  tenantId: "t",
  subscriptionId: "s",
  clientId: "c",
  clientSecret: "secret",
};
writeFileSync(file, JSON.stringify(connection));

describe("settings", () => {
  test("come from the connection file alone", () => {
    const { clientId, clientSecret, tenantId, ...controlPlane } = connection;
    expect(readSettings({ ARCFLEET_CONNECTION: file }, {})).toMatchObject({
      ...controlPlane,
      credential: { kind: "clientSecret", tenantId, clientId, clientSecret },
    });
  });

  test("the environment wins over the stack's configuration, that over the file", () => {
    const config = {
      "arcfleet:connection": file,
      "arcfleet:tenantId": "from-config",
      "arcfleet:clientId": "from-config",
    };
    expect(readSettings({ AZURE_CLIENT_ID: "from-env" }, config)).toMatchObject({
      subscriptionId: "s",
      credential: { clientId: "from-env", tenantId: "from-config" },
    });
  });

  test("each missing piece is named with the variable that gives it", () => {
    expect(() => readSettings({ ARCFLEET_ENDPOINT: "https://x" }, {})).toThrow(
      /lacks tenantId, subscriptionId, clientId, clientSecret.*AZURE_TENANT_ID.*AZURE_CLIENT_SECRET/s,
    );
  });

  test("a secret of the stack's configuration, which the engine hides from us, is explained", () => {
    const config = { "arcfleet:connection": file, "arcfleet:clientSecret": "[secret]" };
    expect(() => readSettings({}, config)).toThrow(/AZURE_CLIENT_SECRET/);
  });

  test("a connection file that is not there is named", () => {
    expect(() => readSettings({ ARCFLEET_CONNECTION: "/nowhere.json" }, {})).toThrow(/nowhere\.json.*arcfleet serve/s);
  });
});
