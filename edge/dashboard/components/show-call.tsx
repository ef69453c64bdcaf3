import { type ReactElement, useState } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import { LANGUAGES, type Language, type ShownCall, snippet } from '../api/snippets.ts';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { CodeBlock } from './copy.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { Segments } from './segments.tsx';

/** The call in each language; the choice stays with this block. */
export function Snippets({ call, apiKey }: { call: ShownCall; apiKey?: string }): ReactElement {
  const [language, setLanguage] = useState<Language>('cURL');
  const origin = window.location.origin + BASE_PATH;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <Segments
        label={t.common.language}
        options={LANGUAGES}
        value={language}
        onChoose={setLanguage}
      />
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
