import type { ReactElement } from 'react';
import { t } from '../../messages/en.ts';
import type { Values } from './body.ts';
import type { Kind } from './kinds.ts';

const text = t.messages.form;

const wordOf = (value: string | boolean | undefined): string =>
  typeof value === 'string' ? value.trim() : '';

/** The message as the other side will see it, as far as words go. Nothing typed, nothing shown. */
export function Preview({ kind, values }: { kind: Kind; values: Values }): ReactElement | null {
  const words = wordOf(values['text']) || wordOf(values['caption']) || wordOf(values['name']);
  const options = kind === 'poll' ? wordOf(values['options']).split('\n').filter(Boolean) : [];
  if (words === '' && options.length === 0) return null;
  return (
    <section aria-label={text.preview} className="grid rounded-md bg-raised p-4">
      <div className="grid max-w-[85%] gap-1 justify-self-end rounded-lg bg-good-soft px-3 py-2">
        {kind !== 'text' && <span className="text-sm text-muted">{text.kinds[kind]}</span>}
        <span className="wrap-anywhere whitespace-pre-wrap">{words}</span>
        {options.map((option) => (
          <span key={option} className="flex items-center gap-2">
            <span aria-hidden="true" className="size-3 rounded-full border border-line-strong" />
            {option}
          </span>
        ))}
      </div>
    </section>
  );
}
