import type { Webhook } from './webhook.ts';

export const RETRIES = ['quick', 'standard', 'long', 'own'] as const;
export type Retries = (typeof RETRIES)[number];

/** A webhook as the form holds it. */
export type Draft = {
  url: string;
  description: string;
  /** One a line. */
  events: string;
  /** Ids; none stands for all sessions. */
  sessions: readonly string[];
  /** `Name: value`, one a line. */
  headers: string;
  retries: Retries;
  /** Seconds before each retry, where they are the endpoint's own. */
  delays: string;
  fifo: boolean;
  includeCodes: boolean;
};

export const NEW: Draft = {
  url: '',
  description: '',
  events: '*',
  sessions: [],
  headers: '',
  retries: 'standard',
  delays: '',
  fifo: false,
  includeCodes: false,
};

/** The API shows the delays and not the name they were chosen by, so that they are shown as its own. */
export const draftOf = (webhook: Webhook): Draft => ({
  url: webhook.url,
  description: webhook.description ?? '',
  events: webhook.eventTypes.join('\n'),
  sessions: webhook.sessionIds ?? [],
  headers: Object.entries(webhook.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n'),
  retries: 'own',
  delays: webhook.retryDelays.join(', '),
  fifo: webhook.fifo,
  includeCodes: webhook.includeCodes,
});

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** A line without a colon is a name without a value: the API says what is wrong with it. */
const headersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [name = '', value = ''] = line.split(/:(.*)/);
        return [name.trim(), value.trim()];
      }),
  );

/** What the API is asked for. Pure. */
export const bodyOf = ({
  events,
  description,
  sessions,
  headers,
  retries,
  delays,
  ...rest
}: Draft) => ({
  ...rest,
  description: description === '' ? null : description,
  eventTypes: words(events),
  sessionIds: sessions.length === 0 ? null : [...sessions],
  headers: headersOf(headers),
  retryDelays: retries === 'own' ? words(delays).map(Number) : retries,
});

/** Everything replaces what was chosen; another type replaces everything. */
export function withType(events: string, type: string): string {
  if (type === '*') return type;
  const chosen = events.split('\n').filter((line) => !['', '*', type].includes(line.trim()));
  return [...chosen, type].join('\n');
}
