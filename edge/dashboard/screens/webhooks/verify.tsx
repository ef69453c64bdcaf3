import { type ReactElement, useState } from 'react';
import { CodeBlock } from '../../components/copy.tsx';
import { Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { Segments } from '../../components/segments.tsx';
import { t } from '../../messages/en.ts';
import { VERIFY_CODE, VERIFY_LANGUAGES, type VerifyLanguage } from './verify-code.ts';

const text = t.webhooks.verify;
const NAME = 'WAYPOST_WEBHOOK_SECRET';

/** Code to paste, with the name under which the receiver keeps its secret. */
export function Verify(): ReactElement {
  const [language, setLanguage] = useState<VerifyLanguage>('Node');
  const [name, setName] = useState(NAME);
  return (
    <Card title={text.title}>
      <p className="max-w-2xl text-muted">{text.lead}</p>
      <div className="max-w-sm">
        <Input
          label={text.name}
          hint={text.nameHint}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value.replace(/\W/g, ''))}
        />
      </div>
      <Segments
        label={t.common.language}
        options={VERIFY_LANGUAGES}
        value={language}
        onChoose={setLanguage}
      />
      <CodeBlock label={language} code={VERIFY_CODE[language](name === '' ? NAME : name)} />
    </Card>
  );
}
