import { type ReactElement, useEffect, useState } from 'react';
import { t } from '../messages/en.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

const SHOWN_MS = 1_500;

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className="inline-flex items-center">
      <IconButton
        label={label}
        onClick={() => {
          // A browser may refuse the clipboard; the text stands there to be selected.
          copy().catch(() => setCopied(false));
        }}
      >
        <Icon name={isCopied ? 'check' : 'copy'} />
      </IconButton>
      <span role="status" className="sr-only">
        {isCopied ? t.common.copied : ''}
      </span>
    </span>
  );
}

/** An id or a number that one may need elsewhere. */
export const Copyable = ({ text, label }: { text: string; label: string }): ReactElement => (
  <span className="inline-flex max-w-full items-center gap-0.5">
    <code className="truncate font-mono text-sm" title={text}>
      {text}
    </code>
    <CopyButton text={text} label={label} />
  </span>
);

export const CodeBlock = ({ code, label }: { code: string; label: string }): ReactElement => (
  <div className="relative rounded-md border bg-raised">
    <pre
      // Long lines are scrolled, also by keys.
      tabIndex={0}
      role="region"
      aria-label={label}
      className="overflow-x-auto p-3 pr-12 font-mono text-xs leading-5"
    >
      <code>{code}</code>
    </pre>
    <div className="absolute top-1 right-1 rounded-md bg-raised">
      <CopyButton text={code} label={t.common.copyCode} />
    </div>
  </div>
);
