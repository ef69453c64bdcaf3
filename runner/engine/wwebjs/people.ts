import type { Received } from './content.ts';
import { fields, idText, messageKey } from './payload.ts';

/** What is known of the person or chat behind an id, in either form. */
export type KnownPerson = { phoneId: string | null; lid: string | null; name: string | null };
export type People = (id: string) => KnownPerson | undefined;

/** Ids of everybody a payload names, so that their other form can be asked for before it is mapped. */
export function idsIn(payload: unknown): string[] {
  const data = fields(payload);
  const key = messageKey(data['id'] ?? data['msgId']);
  const mentions = Array.isArray(data['mentionedJidList']) ? data['mentionedJidList'] : [];
  const ids = [key?.remote, key?.participant, idText(data['author']), idText(data['senderId'])];
  return [...new Set([...ids, ...mentions.map(idText)].filter((id) => id != null))].filter(
    (id) => id.endsWith('@c.us') || id.endsWith('@lid'),
  );
}

/** The phone id where it is known: callers address people by it, and a chat must not have two names. */
export function canonicalId(id: string, people: People): string {
  return id.endsWith('@lid') ? (people(id)?.phoneId ?? id) : id;
}

export function person(id: string, people: People, name: string | null): Received['from'] {
  const known = people(id);
  return {
    id: canonicalId(id, people),
    lid: id.endsWith('@lid') ? id : (known?.lid ?? null),
    name: name ?? known?.name ?? null,
  };
}
