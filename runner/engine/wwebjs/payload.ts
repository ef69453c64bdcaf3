/** Reads fields of what the page sends over. Everything there may be missing or of another shape after an update. */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** An id of a person or chat, which arrives as text or as an object, depending on how it crossed over. */
export function idText(value: unknown): string | null {
  if (typeof value === 'string')
    return value === '' ? null : value.replace('@s.whatsapp.net', '@c.us');
  const wid = fields(value);
  const whole = text(wid['_serialized']) ?? text(wid['$1']);
  if (whole !== null) return whole;
  const user = text(wid['user']);
  const server = text(wid['server']);
  return user === null || server === null ? null : `${user}@${server}`;
}

export type MessageKey = {
  wireKey: string;
  wireId: string;
  fromMe: boolean;
  remote: string;
  participant: string | null;
};

/** A message key of any build: `_serialized`, `$1`, neither (put together from its parts), or already text. */
export function messageKey(value: unknown): MessageKey | null {
  if (typeof value === 'string') return parseKey(value);
  const key = fields(value);
  const whole = text(key['_serialized']) ?? text(key['$1']);
  const wireId = text(key['id']);
  const remote = idText(key['remote']);
  if (wireId === null || remote === null) return whole === null ? null : parseKey(whole);
  const fromMe = key['fromMe'] === true;
  const participant = idText(key['participant']);
  const built = `${fromMe}_${remote}_${wireId}${participant === null ? '' : `_${participant}`}`;
  return { wireKey: whole ?? built, wireId, fromMe, remote, participant };
}

function parseKey(wireKey: string): MessageKey | null {
  const match = /^(true|false)_([^_]+)_([^_]+)(?:_(.+))?$/.exec(wireKey);
  if (match?.[2] === undefined || match[3] === undefined) return null;
  return {
    wireKey,
    wireId: match[3],
    fromMe: match[1] === 'true',
    remote: match[2],
    participant: match[4] ?? null,
  };
}
