/** A message must not go from the default session because its own was named as another system names it. */
const SESSION = ['sessionId', 'sessionIds', 'instanceName'];

/** What other systems call a thing, in lower case without separators, and what it is called here: the first that is known is meant. */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    phone: ['to', 'from'],
    phonenumber: ['to', 'phone', 'from'],
    number: ['to', 'phone', 'from'],
    chat: ['to', 'chatId'],
    chatid: ['to'],
    jid: ['to', 'chatId'],
    recipient: ['to'],
    receiver: ['to'],
    message: ['text'],
    body: ['text'],
    content: ['text'],
    msg: ['text'],
    image: ['url'],
    media: ['url'],
    mediaurl: ['url'],
    imageurl: ['url'],
    file: ['url'],
    link: ['url'],
    session: SESSION,
    sessionid: SESSION,
    sessionname: SESSION,
    instance: SESSION,
    instanceid: SESSION,
    instancename: SESSION,
    connectionid: SESSION,
    deviceid: SESSION,
    schedule: ['sendAt'],
    scheduledat: ['sendAt'],
    ttl: ['expiresIn'],
    events: ['eventTypes', 'types'],
    from: ['since', 'after'],
    page: ['cursor', 'after'],
    offset: ['cursor', 'after'],
    before: ['until', 'cursor'],
    pagesize: ['limit'],
    perpage: ['limit'],
    count: ['limit'],
    permissions: ['scopes'],
    timezone: ['timeZone'],
  }),
);

/**
 * The name that was probably meant: the same in other spelling (`session_id`), one that other systems use, or one that is one
 * or two letters away. Null when none is near.
 */
export function nearName(written: string, known: readonly string[]): string | null {
  const bare = bareOf(written);
  const alias = ALIASES.get(bare)?.find((name) => known.includes(name));
  if (alias !== undefined) return alias;
  const near = known
    .map((name) => ({ name, distance: distanceOf(bare, bareOf(name)) }))
    .filter(({ name, distance }) => distance <= (name.length < 5 ? 1 : 2))
    .toSorted((one, other) => one.distance - other.distance);
  return near[0]?.name ?? null;
}

const bareOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Letters to add, drop, replace or swap with their neighbour (Damerau). Names beyond 40 letters are near nothing. */
function distanceOf(one: string, other: string): number {
  if (one.length > 40 || other.length > 40) return Number.POSITIVE_INFINITY;
  let [beforeLast, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, n) => n)];
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (line[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, line];
  }
  return last.at(-1) ?? 0;
}
