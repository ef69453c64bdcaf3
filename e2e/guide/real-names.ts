import { z } from 'zod';
import type { Call } from '../testing/programs/shell.ts';

/** What a guide writes, as `msg_…`, and what a reader has in its place. */
export type RealNames = {
  set: (example: string, real: string) => void;
  fill: (command: string) => string;
  /** Takes the ids of what a call has made; what it deleted makes room for the spare one. */
  learn: (call: Call) => void;
};

const Made = z.object({
  data: z.object({
    id: z.string().optional(),
    group: z.object({ id: z.string() }).optional(),
  }),
});

export function realNames(
  given: Readonly<Record<string, string>>,
  spare: Readonly<Record<string, string>>,
): RealNames {
  const names = new Map([...Object.entries(given), ...Object.entries(spare)]);
  return {
    set: (example, real) => names.set(example, real),
    // The longest first: one may be a part of another.
    fill: (command) =>
      [...names]
        .toSorted(([one], [other]) => other.length - one.length)
        .reduce((text, [example, real]) => text.replaceAll(example, real), command),
    learn: ({ status, method, url, text }) => {
      if (status < 200 || status > 299) return;
      if (method === 'DELETE')
        for (const [example, real] of Object.entries(spare))
          if (url.includes(names.get(example) ?? '')) names.set(example, real);
      if (method !== 'POST' || !text.startsWith('{')) return;
      const { id = '', group } = Made.safeParse(JSON.parse(text)).data?.data ?? {};
      const [kind] = /^[a-z]{3}_/.exec(id) ?? [];
      // Messages are given: what a guide does to one needs it to be sent.
      if (kind !== undefined && kind !== 'msg_') names.set(`${kind}…`, id);
      if (group !== undefined) names.set('1203…@g.us', group.id);
    },
  };
}
