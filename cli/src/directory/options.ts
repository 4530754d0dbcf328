import type { Command } from "commander";

/** The options of every command that asks a running control plane about its directory. */
export const withConnection = (command: Command): Command =>
  command
    .option(
      "--connection <file>",
      "the connection.json of the control plane (default: ARCFLEET_CONNECTION and so on, as for the provider)",
    )
    .option("--json", "print JSON");

/** How a credential is named on the command line; credential-options.ts reads it. */
export const addCredentialOptions = (command: Command): Command =>
  command
    .option("--secret", "make a secret, shown once")
    .option("--expires-in-days <number>", "when the secret ends (default: 365)")
    .option("--cert <file>", "certificate in PEM form whose key the application holds")
    .option("--federated <issuer,subject[,audience]>", "tokens of this outside issuer about this subject")
    .option("--issuer-ca <file>", "CA of the issuer's server, when it is not a public one")
    .option("--jwks <file>", "public keys of the issuer, when the control plane cannot reach it")
    .option("--description <text>", "what to call the credential");
