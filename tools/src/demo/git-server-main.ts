// The Git server of the demo as a process of its own: it goes on when the command that started it has ended.
import { startGitServer } from "../git-server/index.ts";

const [host = "", port = "", dir = ""] = process.argv.slice(2);
const server = await startGitServer({ host, port: Number(port), dir });
process.stdout.write(`serving ${server.url}\n`);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void server.close().then(() => process.exit(0));
  });
}
