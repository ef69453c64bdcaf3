import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.webhooks.secret;

/** A signing secret, the one time that it can be seen. */
export const SecretOnce = ({
  secret,
  previousUntil,
  onClose,
}: {
  secret: string;
  previousUntil?: string;
  onClose: () => void;
}): ReactElement => (
  <Dialog title={text.title} onClose={onClose} canDismiss={false}>
    <p className="rounded-md bg-wait-soft px-4 py-3 text-wait">{text.lead}</p>
    <CodeBlock label={text.label} code={secret} />
    {previousUntil !== undefined && (
      <p className="text-muted">
        {text.previousUntil} <Exact at={previousUntil} />.
      </p>
    )}
    <div className="flex justify-end">
      <Button look="primary" onClick={onClose}>
        {text.done}
      </Button>
    </div>
  </Dialog>
);
