/** Where the container image begins: bin/arcfleet.mjs without the search for a Node that is new enough. */
import { main } from "./main.ts";

process.exitCode = await main(process.argv);
