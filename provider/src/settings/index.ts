export { CredentialSettings, credentialKinds } from "./credential-kinds.ts";
export { processSettings, type SettingField, type SettingName, settingFields, settingNames } from "./fields.ts";
export { isExplicit, type StackConfig } from "./origins.ts";
export { readSettings, type Settings } from "./read-settings.ts";
export { SettingsError } from "./settings-error.ts";
