import { type ReactElement, useState } from 'react';
import { LANGUAGES, type Language, type ShownCall, snippet } from '../api/snippets.ts';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { CodeBlock } from './copy.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';

/** The call in each language; the choice stays with this block. */
export function Snippets({ call, apiKey }: { call: ShownCall; apiKey?: string }): ReactElement {
  const [language, setLanguage] = useState<Language>('cURL');
  const { origin } = window.location;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div role="group" aria-label={t.common.language} className="flex gap-1">
        {LANGUAGES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === language}
            onClick={() => setLanguage(name)}
            className="min-h-7 rounded-md px-2.5 text-sm text-muted hover:text-ink aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:min-h-11"
          >
            {name}
          </button>
        ))}
      </div>
      <CodeBlock
        label={language}
        code={snippet(language, call, { origin, ...(apiKey !== undefined && { key: apiKey }) })}
      />
    </div>
  );
}

/** Shows how a program does what the page does. */
export function ShowCall({ calls }: { calls: readonly ShownCall[] }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        <Icon name="code" />
        {t.common.showCall}
      </Button>
      {isOpen && (
        <Dialog title={t.common.callTitle} onClose={() => setOpen(false)}>
          <p className="text-muted">{t.common.callLead}</p>
          {calls.map((call) => (
            <Snippets key={`${call.method} ${call.path}`} call={call} />
          ))}
        </Dialog>
      )}
    </>
  );
}
