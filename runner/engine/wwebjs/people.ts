import { type KnownPerson, personOf } from '../../../shared/catalogue/person.ts';
import { fields, idText, messageKey } from './payload.ts';

/** What the page knows of the person or chat behind an id, in either form. */
export type Known = {
  phoneId: string | null;
  lid: string | null;
  username: string | null;
  name: string | null;
};
export type People = (id: string) => Known | undefined;

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

/** @param name in the person's own profile, as a message tells it */
export function person(id: string, people: People, name: string | null = null): KnownPerson {
  const known = people(id);
  return personOf({
    id: canonicalId(id, people),
    lid: id.endsWith('@lid') ? id : (known?.lid ?? null),
    username: known?.username ?? null,
    name: name ?? known?.name ?? null,
  });
}
