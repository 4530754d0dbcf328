/** The names of registered extension types, each taken once in a subscription. Made and removed with the resource. */
export interface ExtensionTypesTable {
  subscription_key: string;
  /** In lower case, as all of them are. */
  name: string;
  resource_key: string;
  /** A mark that changes with every change of the type, until the extensions that follow it have been looked at; then null. */
  unfollowed: string | null;
}

/** The charts of each type, uploaded before the type names them. */
export interface ExtensionChartsTable {
  /** The lower-case id of the type, which need not exist yet. */
  type_key: string;
  /** Of the tar: what the type's versions name. */
  digest: string;
  /** The .tgz. */
  archive: Uint8Array;
  /** Of the .tgz: what agents compare. */
  archive_digest: string;
  /** All of `Chart.yaml` as JSON, the way Helm keeps it in registries. */
  chart_json: string;
  chart_version: string;
  /** 1 when a version of the type names it; others are removed after some time. */
  is_registered: number;
  uploaded_at: string;
}

/** One row for each extension of a registered type, written with the extension. */
export interface ExtensionUsesTable {
  /** The lower-case ids of the extension, its cluster and its type. */
  resource_key: string;
  cluster_key: string;
  type_key: string;
  version: string;
  release_train: string;
  /** 1 when the extension takes new versions of its train. */
  follows: number;
}
