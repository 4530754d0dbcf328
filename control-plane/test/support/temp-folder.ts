import { quickFolder } from "../../../tests/support/quick-folder.ts";
import { tempFolder as folderBelow, type TempFolder } from "../../../tests/support/temp-folder.ts";

export type { TempFolder };

export const tempFolder = (): Promise<TempFolder> => folderBelow("control-plane", quickFolder());
