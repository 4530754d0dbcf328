import { type DestinationStream, type Logger, pino } from "pino";
import type { Settings } from "./settings.ts";

/** Names of members that hold secrets, wherever a log line might carry them. */
const secretMembers = [
  "authorization",
  "password",
  "secret",
  "clientSecret",
  "client_secret",
  "client_assertion",
  "assertion",
  "accessToken",
  "access_token",
  "token",
  "proof",
  "privateKey",
  "masterKey",
  "configurationProtectedSettings",
  "protectedSettings",
];

/** Structured logs, one JSON object a line, with secrets blanked down to the depth at which we ever log objects. */
export const createLogger = (settings: Pick<Settings, "logLevel">, destination?: DestinationStream): Logger =>
  pino(
    {
      level: settings.logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "(secret)",
      },
    },
    ...(destination ? [destination] : []),
  );
