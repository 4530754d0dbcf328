import { Command } from "commander";
import { addDirectoryCommands } from "./directory/commands.ts";
import { addDoctorCommand } from "./doctor/command.ts";
import { addMaintenanceCommands } from "./maintenance/commands.ts";

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

/**
 * The `arcfleet` command. Answers with the exit code. Here and in the files named …command(s).ts is what the commands are called and take;
 * what they do is loaded when one runs, because the control plane alone takes longer to load than most of them to run.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { ARCFLEET_MASTER_KEY: masterKey, ARCFLEET_DATABASE_URL: database } = process.env;
  const program = new Command("arcfleet").description(
    "The control plane of a fleet of Kubernetes clusters, and a way from it to a program",
  );
  program
    .command("serve")
    .description("run a control plane; when it is ready, DIR/connection.json says how to reach it")
    .requiredOption("--data <dir>", "folder for database, keys and charts; made at the first start")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port to listen on (default: the last start's, at first a free one)")
    .option(
      "--public-url <url>",
      "the one origin that clients and clusters use, https://name:port (default: host and port)",
    )
    .option(
      "--database-url-file <file>",
      "file with the postgres:// URL of the database to use instead of the embedded one; several replicas may share it (default: ARCFLEET_DATABASE_URL)",
    )
    .option("--san <name>", "further host name or address for the server's certificate; may be repeated", collect, [])
    .option("--charts <dir>", "folder with charts instead of the bundled ones; may be repeated", collect, [])
    .option("--master-key-file <file>", "master keys from this file (default: DIR/master.key, or ARCFLEET_MASTER_KEY)")
    .option("--kms-file <file>", "JSON file that names a key management service in place of the master key")
    .option("--tls-cert <file>", "server certificate of your own with its intermediates; read again when it changes")
    .option("--tls-key <file>", "its private key")
    .option("--tls-ca <file>", "the CA that clients and agents need for it, unless they trust it anyway")
    .option("--agent-image <repository>", "where clusters pull the agents' image from (default: arcfleet/agents)")
    .option("--trusted-issuers <file>", "JSON file with outside issuers whose access tokens are accepted")
    .option("--throttling <preset>", "budgets of requests: standard, azure or off (default: standard)")
    .option(
      "--trusted-proxy <address>",
      "proxy in front whose X-Forwarded-For is believed; may be repeated",
      collect,
      [],
    )
    .option("--activity-days <days>", "how long the activity log is kept (default: 90)")
    .option("--database-connections <count>", "connections to PostgreSQL at most (default: 18)")
    .option(
      "--metrics-port <number>",
      "metrics on a port of their own, plain HTTP without a token (default: only /metrics beside everything else, with one)",
    )
    .option("--metrics-host <address>", "the address of that port (default: 127.0.0.1)")
    .option(
      "--drain-seconds <seconds>",
      "how long to go on answering after a stop was asked for, with /readyz at 503 (default: 0)",
    )
    .option("--log-level <level>", "fatal, error, warn, info, debug, trace or silent (default: info)")
    .addHelpText(
      "after",
      `
Everything is kept in the data folder: stop the process in any way and start it again, and it goes on where it was.
Logs are JSON lines on standard error. SIGTERM and SIGINT finish what was accepted, then end.

Example:
  arcfleet serve --data ./arcfleet-data --host 10.0.0.5 --port 8443
  export NODE_EXTRA_CA_CERTS=./arcfleet-data/ca.pem`,
    )
    .action(async (options: object) => (await import("./serve.ts")).serve({ ...options, masterKey, database }));
  program
    .command("export")
    .description(
      "write a Pulumi program for what exists in a control plane, to be taken over by it; nothing is changed there",
    )
    .option(
      "--connection <file>",
      "the connection.json of the control plane (default: ARCFLEET_CONNECTION and so on, as for the provider)",
    )
    .option("--resource-group <name>", "this group alone (default: every group with a connected cluster)")
    .option("--out <dir>", "folder to make; refused when something is in it (default: fleet)")
    .option("--kubeconfigs <dir>", "folder with a kubeconfig per cluster, named after it: east.kubeconfig, east.yaml")
    .addHelpText(
      "after",
      `
Each resource is written with what differs from the defaults and with adopt: true: the first \`pulumi up\` compares, and writes nothing.
Secrets are told by no control plane: they are read from the stack's configuration, and the keys to set are listed.
Without a kubeconfig a cluster's record is adopted alone: its agents run on, and cannot be changed from the program.

Example:
  arcfleet export --connection ./arcfleet-data/connection.json --resource-group fleet --out ./fleet`,
    )
    .action(async (options: unknown) => (await import("./export/export.ts")).exportProgram(options));
  addDirectoryCommands(program);
  addMaintenanceCommands(program, { masterKey, database });
  addDoctorCommand(program, { masterKey, database });

  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    const { describeError } = await import("./describe-error.ts");
    process.stderr.write(`arcfleet: ${describeError(error)}\n`);
    return 1;
  }
}
