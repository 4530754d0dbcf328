import { access, readFile } from "node:fs/promises";
import type { ImageEntry } from "./image-entry.ts";

const CA_FILES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine, Arch
  "/etc/pki/tls/certs/ca-bundle.crt", // Fedora
  "/etc/ssl/cert.pem", // macOS
];

/** A user without rights, a place for temporary files and the name service settings: the least a process expects. */
export function userEntries(name: string, uid: number): ImageEntry[] {
  return [
    {
      kind: "file",
      path: "/etc/passwd",
      content: `root:x:0:0:root:/root:/sbin/nologin\n${name}:x:${uid}:${uid}:${name}:/home/${name}:/sbin/nologin\n`,
    },
    { kind: "file", path: "/etc/group", content: `root:x:0:\n${name}:x:${uid}:\n` },
    { kind: "file", path: "/etc/nsswitch.conf", content: "passwd: files\ngroup: files\nhosts: files dns\n" },
    { kind: "directory", path: `/home/${name}`, mode: 0o750, uid },
    { kind: "directory", path: "/tmp", mode: 0o1777 },
  ];
}

/** The host's list of certificate authorities, where Go and OpenSSL look for it. */
export async function caCertificateEntries(): Promise<ImageEntry[]> {
  for (const file of CA_FILES) {
    if (await isReadable(file)) {
      return [{ kind: "file", path: "/etc/ssl/certs/ca-certificates.crt", content: await readFile(file) }];
    }
  }
  throw new Error(`no list of certificate authorities found (${CA_FILES.join(", ")}); install ca-certificates`);
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
