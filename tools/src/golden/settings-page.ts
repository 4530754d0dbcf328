import { CredentialSettings, processSettings, type SettingField, settingFields } from "@arcfleet/provider/settings";

/** The page of all settings of the provider, from the tables in its source. */
export function settingsPage(): string {
  const fields: readonly (readonly [string, SettingField])[] = Object.entries(settingFields);
  const kinds = CredentialSettings.options.map((option) => {
    const { kind, ...parts } = option.shape;
    const names = Object.entries(parts).map(([name, part]) => `\`${name}\`${part.isOptional() ? " (optional)" : ""}`);
    return `| \`${kind.value}\` | ${option.description} | ${names.join(", ") || "nothing"} |`;
  });
  return [
    "# Settings",
    "",
    "Where the provider finds the control plane, and who it is to it. How to use them, and which wins: [Configuration](../configuration.md).",
    "",
    "This page is made from `provider/src/settings/` by `npm run check -- --update`; a test compares the two.",
    "",
    "## The connection",
    "",
    "| setting (`arcfleet:…`, argument of `Provider`) | environment | meaning |",
    "| --- | --- | --- |",
    "| `connection` | `ARCFLEET_CONNECTION` | path of a connection file with any of the following, such as the `connection.json` that `arcfleet serve` writes |",
    ...fields.map(
      ([name, { variable, meaning, isSecret }]) =>
        `| \`${name}\` | \`${variable}\` | ${meaning}${isSecret ? " (secret)" : ""} |`,
    ),
    "",
    "## Kinds of credential",
    "",
    "| `credential` | what it is | what it is made of |",
    "| --- | --- | --- |",
    ...kinds,
    "",
    "## The run",
    "",
    "Of the environment alone, because they are about this machine or this run.",
    "",
    "| environment | meaning |",
    "| --- | --- |",
    ...Object.values(processSettings).map(({ variable, meaning }) => `| \`${variable}\` | ${meaning} |`),
    "",
  ].join("\n");
}
