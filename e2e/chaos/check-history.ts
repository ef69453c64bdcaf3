import { wentWithItsRunner } from './residual-loss.ts';
import { OWNERSHIP_RULES } from './check-ownership.ts';
import { ROAD_RULES } from './check-roads.ts';
import type { EndedMessage, History, RecordedEvent, Send } from './history.ts';

export type Finding = { rule: string; what: string };

export const ROLLED_BACK = 'ratchet_rolled_back';

type Rule = (history: History) => string[];

const LEFT = ['sent', 'delivered', 'read', 'played'];
const ENDS = [...LEFT, 'failed', 'unknown'];

/** What Waypost promises, rule by rule. An empty answer is the only good one. */
export function checkHistory(history: History): Finding[] {
  return Object.entries(RULES).flatMap(([rule, broken]) =>
    broken(history).map((what) => ({ rule, what })),
  );
}

const RULES: Readonly<Record<string, Rule>> = {
  'every accepted send ends as sent, failed or unknown': ({ sends, messages }) =>
    accepted(sends).flatMap(({ messageId, text }) => {
      const end = messages.find(({ id }) => id === messageId);
      if (end === undefined) return [`${messageId} (${text}) is gone`];
      return ENDS.includes(end.status) ? [] : [`${messageId} (${text}) is still ${end.status}`];
    }),

  'what the API lists is what the database holds': ({ messages, rows }) => {
    const listed = new Map(messages.map(({ id, status }) => [id, status]));
    const held = new Set(rows.map(({ id }) => id));
    return [
      ...rows.flatMap(({ id, status }) => {
        const shown = listed.get(id);
        if (shown === undefined) return [`${id} (${status}) is not listed`];
        return shown === status ? [] : [`${id} is ${status} and listed as ${shown}`];
      }),
      ...messages.flatMap(({ id }) => (held.has(id) ? [] : [`${id} is listed and has no row`])),
    ];
  },

  'every row is a send that was accepted, and has come to an end': ({ sends, rows }) => {
    const sent = new Set(accepted(sends).map(({ messageId }) => messageId));
    return rows.flatMap(({ id, status }) => {
      if (!sent.has(id)) return [`${id} is nobody’s`];
      return ENDS.includes(status) ? [] : [`${id} is still ${status}`];
    });
  },

  'a message is on the wire at most once': ({ wire }) =>
    [...Map.groupBy(wire, ({ text }) => text)].flatMap(([text, copies]) =>
      copies.length === 1 ? [] : [`${text}: ${copies.map(({ wireId }) => wireId).join(', ')}`],
    ),

  'what is said to be sent was sent, and what is said to have failed was not': (history) =>
    each(history, (text, end, wireIds) => {
      if (LEFT.includes(end.status) && !wireIds.includes(end.wireId ?? ''))
        return `${text} is ${end.status} and not on the wire`;
      return end.status === 'failed' && wireIds.length > 0
        ? `${text} is failed and on the wire`
        : null;
    }),

  'what was refused is not on the wire': ({ sends, wire }) =>
    sends.flatMap(({ messageId, text }) =>
      messageId === null && wire.some((sent) => sent.text === text) ? [text] : [],
    ),

  'a session sends in the order in which it accepted': (history) => {
    const seqOf = new Map<string, number>();
    for (const { messageId, text } of accepted(history.sends)) {
      const end = history.messages.find(({ id }) => id === messageId);
      if (end !== undefined) seqOf.set(text, end.queueSeq);
    }
    return [...Map.groupBy(history.wire, ({ account }) => account).values()].flatMap((sent) => {
      const known = sent.filter(({ text }) => seqOf.has(text));
      return known.flatMap(({ text }, index) => {
        const before = known[index - 1]?.text ?? '';
        return (seqOf.get(before) ?? 0) > (seqOf.get(text) ?? 0) ? [`${text} after ${before}`] : [];
      });
    });
  },

  'every message that came in is one event': (history) =>
    history.inbound.flatMap((message) => {
      const found = received(history.events, message.wireId);
      if (found.length === 1 || (found.length === 0 && wentWithItsRunner(history, message)))
        return [];
      return [`${message.text} made ${found.length} events`];
    }),

  'every event of a message reaches the webhook, always under its own id': ({
    events,
    delivered,
  }) => {
    const arrived = new Set(delivered.map(({ id }) => id));
    const known = new Set(events.map(({ id }) => id));
    return [
      ...events
        .filter(({ id }) => !arrived.has(id))
        .map(({ id, type, seq }) => `${type} ${id} (${seq}) never arrived`),
      ...delivered
        .filter(({ id }) => !known.has(id))
        .map(({ id, type }) => `${type} ${id} arrived and is not in the record`),
    ];
  },

  'every sent message has its event': (history) =>
    each(history, (text, end) => {
      const told = history.events.some(
        ({ type, messageId }) => messageId === end.id && type === `message.${end.status}`,
      );
      return told ? null : `${text} is ${end.status} without an event`;
    }),

  'events are numbered without a gap': ({ seqs }) => {
    const sorted = seqs.toSorted((a, b) => a - b);
    return sorted.flatMap((seq, index) => {
      const before = sorted[index - 1];
      return before === undefined || seq === before + 1 ? [] : [`${before} is followed by ${seq}`];
    });
  },

  'WhatsApp saw nothing that must not be': ({ violations }) =>
    violations
      .filter(({ kind }) => kind !== ROLLED_BACK)
      .map(({ kind, account, detail }) => `${kind} of ${account}: ${detail}`),

  // What a runner that died held beyond its last copy is lost with its disk (docs/credentials-of-sessions.md). The session
  // reports it (`restored_old_copy`), and WhatsApp records each send until the keys have caught up.
  'keys go back only when a disk is lost, and then it is said': ({ violations, oldCopies }) =>
    violations
      .filter(({ kind, account }) => kind === ROLLED_BACK && (oldCopies[account] ?? 0) === 0)
      .map(({ account, detail }) => `${account}: ${detail}`),

  ...OWNERSHIP_RULES,
  ...ROAD_RULES,
};

type Accepted = Send & { messageId: string };

const accepted = (sends: readonly Send[]): Accepted[] =>
  sends.flatMap((send) =>
    send.messageId === null ? [] : [{ ...send, messageId: send.messageId }],
  );

const received = (events: readonly RecordedEvent[], wireId: string): RecordedEvent[] =>
  events.filter((event) => event.type === 'message.received' && event.wireId === wireId);

/** Judges every accepted message that is still there, with the wire ids that its text had. */
function each(
  { sends, messages, wire }: History,
  judge: (text: string, end: EndedMessage, wireIds: readonly string[]) => string | null,
): string[] {
  return accepted(sends).flatMap(({ messageId, text }) => {
    const end = messages.find(({ id }) => id === messageId);
    if (end === undefined) return [];
    const wireIds = wire.filter((sent) => sent.text === text).map(({ wireId }) => wireId);
    const finding = judge(text, end, wireIds);
    return finding === null ? [] : [finding];
  });
}
