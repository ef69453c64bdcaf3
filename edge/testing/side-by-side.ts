/** More at once gain nothing: the Worker has one thread. */
const AT_ONCE = 8;

/** Runs this for every item, some at a time, and gives back the results in order. For what does not disturb its neighbours. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE).map((item, n) => run(item, at + n));
    results.push(...(await Promise.all(some)));
  }
  return results;
}
