/** A row for each piece of background work that a replica is doing at present. */
export interface LeasesTable {
  name: string;
  /** Stands for one run of the work in one process. */
  holder: string;
  /** Rises every few seconds. One that stands still belongs to a replica that died: no clocks are compared. */
  beat: number;
}
