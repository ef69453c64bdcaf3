import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { t } from '../messages/en.ts';

export type Tone = 'good' | 'wait' | 'bad' | 'off';

const DOTS: Readonly<Record<Tone, string>> = {
  good: 'bg-good',
  wait: 'bg-wait',
  bad: 'bg-bad',
  off: 'bg-line-strong',
};
const WORDS: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  wait: 'text-wait',
  bad: 'text-bad',
  off: 'text-muted',
};

/** A dot and a word: never colour alone. */
export const Status = ({
  tone,
  word,
  isMoving = false,
}: {
  tone: Tone;
  word: string;
  isMoving?: boolean;
}): ReactElement => (
  <span className={clsx('inline-flex items-center gap-2 whitespace-nowrap', WORDS[tone])}>
    <span
      aria-hidden="true"
      className={clsx('size-2 rounded-full', DOTS[tone], isMoving && 'pulse-soft')}
    />
    {word}
  </span>
);

export const SandboxBadge = (): ReactElement => (
  <span className="stripes inline-flex items-center rounded-sm border border-wait px-1.5 text-xs font-medium tracking-normal text-wait">
    {t.common.sandbox}
  </span>
);

export const Badge = ({ children }: { children: string }): ReactElement => (
  <span className="inline-flex items-center rounded-sm border bg-raised px-1.5 text-xs font-normal tracking-normal text-muted">
    {children}
  </span>
);
