/** One page of a list, and where it goes on. */
export interface ListedPage<Item> {
  readonly value: readonly Item[];
  readonly next: string | undefined;
}

/** The pages of a list, each fetched when the one before it was used: one is held at a time, however many there are. */
export async function* pagesOf<Item>(
  fetchPage: (url: string) => Promise<ListedPage<Item>>,
  first: string,
): AsyncGenerator<ListedPage<Item>> {
  for (let url: string | undefined = first; url !== undefined; ) {
    const page: ListedPage<Item> = await fetchPage(url);
    yield page;
    url = page.next;
  }
}
