import type { Person } from '../protocol/records.ts';
import type { Tx } from './ledger.ts';
import { SandboxError } from './errors.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';
import { isLidJid, isRegistered, lidOf, phoneJid } from './jids.ts';

/** A person as the world keeps them; what pages see is the Person part. */
type StoredPerson = Person & { privateAdd: boolean; registered: boolean };

export const echoPhone = '15550100010';

const seeds: ({ phone: string; name: string } & Partial<StoredPerson>)[] = [
  { phone: '15550100001', name: 'Alice' },
  { phone: '15550100002', name: 'Bob' },
  { phone: '15550100003', name: 'Carol' },
  { phone: '15550100009', name: 'Private Pat', privateAdd: true },
  { phone: '15550100020', name: 'Uma', username: 'uma.sandbox', hides: 'phone' },
  { phone: echoPhone, name: 'Echo' },
];

/** Fills a world with its first contacts, once. */
export function seedWorld(tx: Tx, world: string): void {
  const mark = `seeded:${world}`;
  if (tx.sql.one('select name from setting where name = ?', mark) !== undefined) return;
  tx.sql.run('insert into setting (name, doc) values (?, ?)', mark, 'true');
  for (const { phone, ...person } of seeds)
    ensurePerson(tx, world, `${phone}@c.us`, { ...person, pushname: person.name });
}

/** The person behind a phone jid, created on first mention; `change` overwrites what it names. */
export function ensurePerson(
  tx: Tx,
  world: string,
  pn: string,
  change: Partial<Omit<StoredPerson, 'pn'>> = {},
): StoredPerson {
  const known = findPerson(tx.sql, world, pn);
  if (known !== null && Object.keys(change).length === 0) return known;
  const person: StoredPerson = {
    ...(known ?? {
      pn,
      lid: lidOf(world, pn),
      name: null,
      pushname: `User ${pn.slice(0, pn.indexOf('@')).slice(-4)}`,
      username: null,
      about: 'Hey there! I am using WhatsApp.',
      business: false,
      picture: null,
      hides: null,
      privateAdd: false,
      registered: isRegistered(pn),
    }),
    ...change,
  };
  tx.sql.run(
    'insert into person (world, pn, lid, doc) values (?, ?, ?, ?) on conflict (world, pn) do update set doc = excluded.doc',
    world,
    person.pn,
    person.lid,
    JSON.stringify(person),
  );
  return person;
}

/**
 * The person behind any id. For a LID that this world does not know, it makes up a person with a hidden number that no
 * phone has.
 */
export function meetPerson(tx: Tx, world: string, id: string): StoredPerson {
  const jid = id.toLowerCase();
  if (!isLidJid(jid)) return ensurePerson(tx, world, phoneJid(id));
  const known = findPerson(tx.sql, world, jid);
  if (known !== null) return known;
  const digits = jid.slice(0, jid.indexOf('@'));
  if (!/^\d{5,20}$/.test(digits))
    throw new SandboxError(400, 'BAD_PHONE', `"${id}" is no LID; give 5 to 20 digits and @lid.`);
  return ensurePerson(tx, world, `0${digits}@c.us`, { lid: jid, hides: 'phone' });
}

/** Looks a person up by phone or LID; null when this world does not know them. */
export function findPerson(sql: Sql, world: string, jid: string): StoredPerson | null {
  const row = isLidJid(jid)
    ? sql.one<{ doc: string }>('select doc from person where world = ? and lid = ?', world, jid)
    : sql.one<{ doc: string }>('select doc from person where world = ? and pn = ?', world, jid);
  return row === undefined ? null : readDoc<StoredPerson>(row.doc);
}

/** The phone jid for a phone or LID; other jids (groups, channels, status) and unknown LIDs come back as they are. */
export function canonicalJid(sql: Sql, world: string, jid: string): string {
  if (!isLidJid(jid)) return jid.replace('@s.whatsapp.net', '@c.us');
  return findPerson(sql, world, jid)?.pn ?? jid;
}

export function listPeople(sql: Sql, world: string): StoredPerson[] {
  return sql
    .all<{ doc: string }>('select doc from person where world = ? order by pn', world)
    .map((row) => readDoc<StoredPerson>(row.doc));
}

/** The part of a person a page may see. */
export function publicPerson(person: StoredPerson): Person {
  const { pn, lid, name, pushname, username, about, business, picture, hides } = person;
  return { pn, lid, name, pushname, username, about, business, picture, hides };
}

/** Public view of the people named, skipping jids that are no person of this world. */
export function peopleNamed(sql: Sql, world: string, jids: Iterable<string | undefined>): Person[] {
  const found = new Map<string, Person>();
  for (const jid of jids) {
    const person = jid === undefined || found.has(jid) ? null : findPerson(sql, world, jid);
    if (person !== null) found.set(person.pn, publicPerson(person));
  }
  return [...found.values()];
}
