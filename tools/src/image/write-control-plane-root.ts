/** `node tools/src/image/write-control-plane-root.ts DIR`: the files of the control plane's image as a folder, for the Dockerfile. */
import { resolve } from "node:path";
import { controlPlaneEntries } from "./control-plane-image.ts";
import { writeRoot } from "./write-root.ts";

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error("say into which folder the files go");
await writeRoot(resolve(target), await controlPlaneEntries());
