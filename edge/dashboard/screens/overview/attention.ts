import type { Schemas } from '../../api/client.ts';
import { t } from '../../messages/en.ts';

export type Attention = {
  key: string;
  tone: 'bad' | 'wait';
  title: string;
  advice: string;
  to: { at: 'session' | 'webhook'; id: string } | { at: 'queue' };
};

type Session = Pick<Schemas['Session'], 'id' | 'name' | 'status' | 'phoneUnseen'>;
type Webhook = Pick<Schemas['Webhook'], 'id' | 'url' | 'disabledReason'> & {
  health: Pick<Schemas['WebhookHealth'], 'status'>;
};

const text = t.overview.attention;
const BAD: readonly string[] = ['logged_out', 'action_required', 'failed'];
const SCAN: readonly string[] = ['qr', 'pairing_code'];

/** What a person has to do, the worst first. Pure. */
export function attentionOf(known: {
  sessions: readonly Session[];
  webhooks: readonly Webhook[];
  /** Of messages that wait since longer than a queue usually takes. */
  oldestQueued: string | null;
}): Attention[] {
  const found: Attention[] = [];
  for (const { id, name, status, phoneUnseen } of known.sessions) {
    const item = { key: id, to: { at: 'session', id } } as const;
    if (BAD.includes(status) || SCAN.includes(status))
      found.push({
        ...item,
        tone: BAD.includes(status) ? 'bad' : 'wait',
        title: `${name}: ${t.sessions.status[status]}`,
        advice: t.sessions.next[status],
      });
    else if (phoneUnseen)
      found.push({ ...item, tone: 'wait', title: text.unseen(name), advice: text.unseenAdvice });
  }
  for (const { id, url, disabledReason, health } of known.webhooks) {
    if (health.status === 'healthy') continue;
    const isDisabled = health.status === 'disabled';
    found.push({
      key: id,
      to: { at: 'webhook', id },
      tone: isDisabled ? 'bad' : 'wait',
      title: isDisabled ? text.disabled(url) : text.failing(url),
      advice: disabledReason ?? (isDisabled ? text.disabledAdvice : text.failingAdvice),
    });
  }
  if (known.oldestQueued !== null)
    found.push({
      key: 'queue',
      to: { at: 'queue' },
      tone: 'wait',
      title: text.queue,
      advice: text.queueAdvice,
    });
  return found.toSorted((one, other) => Number(other.tone === 'bad') - Number(one.tone === 'bad'));
}
